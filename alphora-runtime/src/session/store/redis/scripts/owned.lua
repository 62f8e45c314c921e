-- The sessions of one owner. ARGV: the owner, how many sessions and bytes it may have in all, how many sessions are
-- told at most. Gives how many there are, then for each: member, last use, bytes, and 0 if no client has named it and
-- it is not in use, 1 if one has, 2 if it is in use.
local owner, now = ARGV[1], clock()
local from, to = '[' .. owner, '(' .. string.sub(owner, 1, -2) .. '0'
if not is_heavy(owner, ARGV[2], ARGV[3]) then redis.call('SREM', OWNERS, owner) end
local answer = { redis.call('ZLEXCOUNT', NAMES, from, to) }
for _, member in ipairs(redis.call('ZRANGEBYLEX', NAMES, from, to, 'LIMIT', 0, tonumber(ARGV[4]))) do
    local named = redis.call('ZSCORE', NAMED, member)
    local used = tonumber(named or redis.call('ZSCORE', UNNAMED, member) or '0')
    answer[#answer + 1] = member
    answer[#answer + 1] = used
    answer[#answer + 1] = tonumber(redis.call('HGET', SIZES, member) or '0')
    answer[#answer + 1] = used > now and 2 or (named and 1 or 0)
end
return answer
