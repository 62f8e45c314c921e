-- Notes how the turn that has the session is to end. ARGV: member, preemption.
local key = KEYS[8]
local session = load(key)
if not session or not session.turn then return { 'done' } end
session.preemption = ARGV[2]
redis.call('HSET', key, 'lease', lease(session))
return { 'done' }
