-- What all scripts of run logs begin with. The keys of one run are in one place of a cluster.
--
--   state   time bytes limit first last ended cancelled seen: how long the log is kept in milliseconds, how many bytes
--           it has and may have, the ids of its first event and its last, whether it has ended and is to end, and when
--           the process where the run is gave its last sign of life
--   events  a stream with one entry an event, under the event's id

local STATE, EVENTS = KEYS[1], KEYS[2]

local function load()
    local fields = redis.call('HMGET', STATE, 'time', 'bytes', 'limit', 'first', 'last', 'ended', 'cancelled',
        'seen')
    if not fields[1] then return nil end
    return {
        time = fields[1], bytes = tonumber(fields[2]), limit = tonumber(fields[3]), first = tonumber(fields[4]),
        last = tonumber(fields[5]), ended = fields[6] == '1', cancelled = fields[7] == '1',
        seen = fields[8] and tonumber(fields[8]),
    }
end

-- Keeps the log for its time from now on.
local function keep(state)
    redis.call('PEXPIRE', STATE, state.time)
    redis.call('PEXPIRE', EVENTS, state.time)
end

-- The server's clock, in milliseconds.
local function now()
    local time = redis.call('TIME')
    return time[1] * 1000 + math.floor(time[2] / 1000)
end

-- Lua's own conversion gives up after 14 digits.
local function digits(number)
    return string.format('%.0f', number)
end
