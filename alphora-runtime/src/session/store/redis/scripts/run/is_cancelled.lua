-- Whether somebody has asked for the run's end. Who asks is the run, which is under way: its log is kept.
local state = load()
if not state then return { 'done', 0 } end
if not state.ended then
    redis.call('HSET', STATE, 'seen', digits(now()))
    keep(state)
end
return { 'done', state.cancelled and 1 or 0 }
