-- For how many milliseconds nothing was heard of the process where the run is. Gives nothing of one that has ended.
local state = load()
if not state or state.ended or not state.seen then return { 'none' } end
return { 'silent', math.max(0, now() - state.seen) }
