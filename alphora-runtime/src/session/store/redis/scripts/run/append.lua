-- Adds events. ARGV: the id of the first, then the events. Those that are there already are left as they are.
local state = load()
if not state then return { 'unknown' } end
local first = tonumber(ARGV[1])
if first > state.last + 1 then return { 'gap' } end
for at = 2, #ARGV do
    local id = first + at - 2
    if id > state.last then
        redis.call('XADD', EVENTS, digits(id) .. '-0', 'e', ARGV[at])
        state.last, state.bytes = id, state.bytes + #ARGV[at]
    end
end
-- The oldest go until what is left fits.
local oldest = state.first
while state.bytes > state.limit and state.first <= state.last do
    local found = redis.call('XRANGE', EVENTS, digits(state.first) .. '-0', '+', 'COUNT', 64)
    if #found == 0 then break end
    for _, entry in ipairs(found) do
        if state.bytes <= state.limit then break end
        state.first, state.bytes = state.first + 1, state.bytes - #entry[2][2]
    end
end
if state.first > oldest then redis.call('XTRIM', EVENTS, 'MINID', '=', digits(state.first) .. '-0') end
redis.call('HSET', STATE, 'bytes', digits(state.bytes), 'first', digits(state.first), 'last', digits(state.last),
    'seen', digits(now()))
keep(state)
return { 'done' }
