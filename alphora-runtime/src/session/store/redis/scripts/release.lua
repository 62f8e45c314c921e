-- Ends a lease. ARGV: member, turn, fence.
local key = KEYS[8]
local session = load(key)
if not session or session.turn ~= ARGV[2] or session.fence ~= ARGV[3] then return { 'done' } end
if session.version == 0 then
    redis.call('DEL', key)
    return { 'done' }
end
redis.call('HDEL', key, 'lease')
redis.call('PEXPIREAT', key, digits(session.expires))
place(ARGV[1], session.named, session.used, session.expires)
return { 'done' }
