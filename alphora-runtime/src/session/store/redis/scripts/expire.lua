-- Takes out of the lists what the server has dropped by now. ARGV: how many at most. Gives how many those were, and
-- the sessions and bytes that are left.
local now = clock()
local gone = redis.call('ZRANGEBYSCORE', EXPIRY, '-inf', '(' .. digits(now), 'LIMIT', 0, tonumber(ARGV[1]))
for _, member in ipairs(gone) do forget(member) end
return { #gone, redis.call('ZCARD', NAMES), bytes() }
