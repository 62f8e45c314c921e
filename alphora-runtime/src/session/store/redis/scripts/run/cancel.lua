-- Asks for the run's end. Gives whether there is a run that has not ended.
local state = load()
if not state or state.ended then return { 'done', 0 } end
redis.call('HSET', STATE, 'cancelled', 1)
return { 'done', 1 }
