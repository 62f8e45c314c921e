-- The events after one. ARGV: its id, how many events and about how many bytes at most. Gives whether there will be
-- none after these, and the events.
local state = load()
if not state then return { 'unknown' } end
local after = tonumber(ARGV[1])
if after + 1 < state.first then return { 'gone' } end
local events, last, bytes = {}, after, 0
if after < state.last then
    local found = redis.call('XRANGE', EVENTS, digits(after + 1) .. '-0', '+', 'COUNT', tonumber(ARGV[2]))
    for _, entry in ipairs(found) do
        if bytes >= tonumber(ARGV[3]) then break end
        if entry[1] ~= digits(last + 1) .. '-0' then return { 'gone' } end
        last, bytes = last + 1, bytes + #entry[2][2]
        events[#events + 1] = entry[2][2]
    end
    if #events == 0 then return { 'gone' } end
end
return { 'events', (state.ended and last >= state.last) and 1 or 0, events }
