-- Extends a lease. ARGV: member, turn, fence, lease, the version that the turn found.
local key = KEYS[8]
local session = load(key)
if session == false then return { 'torn' } end
if not session or session.version < tonumber(ARGV[5]) then return { 'removed' } end
if session.turn ~= ARGV[2] or session.fence ~= ARGV[3] then return { 'fenced' } end
session.ends = clock() + tonumber(ARGV[4])
redis.call('HSET', key, 'lease', lease(session))
local kept = session.version > 0 and math.max(session.expires, session.ends) or session.ends
redis.call('PEXPIREAT', key, digits(kept))
if session.version > 0 then place(ARGV[1], session.named, session.ends, kept) end
return { 'renewed', session.preemption }
