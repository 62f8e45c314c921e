-- Counts what runs have used. ARGV: the limits of requests and tokens, the tokens, how many requests did not come about,
-- then the runs whose places are free.
local requests, tokens = ARGV[1], ARGV[2]
local now = clock()
local account = load(now, requests, tokens)
if tokens ~= '' then account.tokens = math.min(account.tokens + tonumber(ARGV[3]) * UNIT, MOST) end
account.requests = math.max(account.requests - tonumber(ARGV[4]) * UNIT, 0)
save(account, now, requests, tokens)
for at = 5, #ARGV do
    redis.call('ZREM', PLACES, ARGV[at])
end
return { 'done' }
