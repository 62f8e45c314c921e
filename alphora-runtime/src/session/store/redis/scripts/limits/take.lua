-- Counts a request and takes a place. ARGV: the limits of requests, tokens and runs, the run, its lease. Gives which
-- limit is exceeded, and the weights of both buckets.
local requests, tokens, runs, run, lease = ARGV[1], ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5])
local now = clock()
local account = load(now, requests, tokens)
local exceeded = ''
if not has_room(account.requests, requests) then
    exceeded = 'requests'
elseif not has_room(account.tokens, tokens) then
    exceeded = 'tokens'
elseif runs ~= '' then
    redis.call('ZREMRANGEBYSCORE', PLACES, '-inf', digits(now))
    if redis.call('ZCARD', PLACES) >= tonumber(runs) and not redis.call('ZSCORE', PLACES, run) then
        exceeded = 'runs'
    end
end
if exceeded == '' then
    if requests ~= '' then account.requests = account.requests + UNIT end
    save(account, now, requests, tokens)
    if runs ~= '' then keep(run, now, lease) end
end
return { exceeded, digits(account.requests), digits(account.tokens) }
