-- The sessions that were used least recently and are not in use. ARGV: 1 for those that a client has named, how many
-- at most. Gives whether there are more, then for each: member, last use, bytes.
local now, most = clock(), tonumber(ARGV[2])
local order = ARGV[1] == '1' and NAMED or UNNAMED
local found = redis.call('ZRANGEBYSCORE', order, '-inf', digits(now), 'WITHSCORES', 'LIMIT', 0, most + 1)
local answer = { #found > 2 * most and 1 or 0 }
for at = 1, math.min(#found, 2 * most), 2 do
    answer[#answer + 1] = found[at]
    answer[#answer + 1] = tonumber(found[at + 1])
    answer[#answer + 1] = tonumber(redis.call('HGET', SIZES, found[at]) or '0')
end
return answer
