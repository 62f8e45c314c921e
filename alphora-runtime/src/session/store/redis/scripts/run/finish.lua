-- Notes that there will be no more events.
local state = load()
if not state then return { 'unknown' } end
redis.call('HSET', STATE, 'ended', 1)
keep(state)
return { 'done' }
