-- What all scripts of sessions begin with. All keys are of one bucket, so that a cluster keeps them in one place.
--
-- A session is one hash, so that it cannot be torn: neither expiry nor eviction takes a part of it.
--   head      version stamp format pieces bytes created used expires named, with spaces between them
--   lease     turn fence end preemption; absent while nobody has the session
--   commits   the last turns that were committed, each as turn:version, the latest first
--   snapshot  the memory; p1, p2, .. what was appended since
-- Times are milliseconds of this server's clock.
--
-- The order of use has the last use of a free session and the end of the lease of one in use: what lies in the
-- future is not evicted. The order of expiry has the time at which the server itself drops the session.

local COUNTERS, NAMES, NAMED, UNNAMED, EXPIRY, SIZES, OWNERS =
    KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7]

-- How many arguments `unpack` is given at once.
local CHUNK = 500

-- How many buckets there are.
local BUCKETS = 64

-- How many commits a session remembers.
local COMMITS = 4

-- Lua's own conversion gives up after 14 digits.
local function digits(number)
    return string.format('%.0f', number)
end

-- Now, in milliseconds and in microseconds.
local function clock()
    local time = redis.call('TIME')
    local seconds, micros = tonumber(time[1]), tonumber(time[2])
    return seconds * 1000 + math.floor(micros / 1000), seconds * 1000000 + micros
end

-- The session of the key, nothing if there is none, and false if it cannot be read.
local function load(key)
    local fields = redis.call('HMGET', key, 'head', 'lease', 'commits')
    if not fields[1] then
        if redis.call('EXISTS', key) == 1 then return false end
        return nil
    end
    local numbers = {}
    for number in string.gmatch(fields[1], '%d+') do
        numbers[#numbers + 1] = number
    end
    if #numbers ~= 9 then return false end
    local session = {
        version = tonumber(numbers[1]), stamp = numbers[2], format = numbers[3], pieces = tonumber(numbers[4]),
        bytes = tonumber(numbers[5]), created = numbers[6], used = tonumber(numbers[7]),
        expires = tonumber(numbers[8]), named = numbers[9] == '1', commits = fields[3] or '',
    }
    if fields[2] then
        local turn, fence, ends, preemption = string.match(fields[2], '^(%x+) (%d+) (%d+) (%a*)$')
        if not turn then return false end
        session.turn, session.fence, session.ends, session.preemption = turn, fence, tonumber(ends), preemption
    end
    return session
end

local function head(session)
    return table.concat({
        digits(session.version), session.stamp, session.format, digits(session.pieces), digits(session.bytes),
        session.created, digits(session.used), digits(session.expires), session.named and '1' or '0',
    }, ' ')
end

local function lease(session)
    return table.concat({ session.turn, session.fence, digits(session.ends), session.preemption }, ' ')
end

-- The version that a turn has made, if it is remembered.
local function committed(session, turn)
    local version = string.match(session.commits, turn .. ':(%d+)')
    return version and tonumber(version)
end

-- Snapshot and pieces, or false if one of them is missing.
local function content(key, session)
    local snapshot = redis.call('HGET', key, 'snapshot')
    if not snapshot then return false end
    local pieces, bytes = {}, #snapshot
    for first = 1, session.pieces, CHUNK do
        local names = {}
        for number = first, math.min(first + CHUNK - 1, session.pieces) do
            names[#names + 1] = 'p' .. number
        end
        for _, piece in ipairs(redis.call('HMGET', key, unpack(names))) do
            if not piece then return false end
            pieces[#pieces + 1] = piece
            bytes = bytes + #piece
        end
    end
    if bytes ~= session.bytes then return false end
    return { snapshot, pieces }
end

-- What all sessions of the bucket take. The count is dropped where it could not be kept, and made anew here.
local function bytes()
    local counted = redis.call('HGET', COUNTERS, 'bytes')
    if counted then return tonumber(counted) end
    local sum = 0
    for _, size in ipairs(redis.call('HVALS', SIZES)) do
        sum = sum + tonumber(size)
    end
    redis.pcall('HSET', COUNTERS, 'bytes', digits(sum))
    return sum
end

-- Notes that the sum of all sizes has changed. A full server refuses to count, but not to remove.
local function account(change)
    if redis.call('HEXISTS', COUNTERS, 'bytes') == 0 then
        bytes()
        return
    end
    local result = redis.pcall('HINCRBY', COUNTERS, 'bytes', digits(change))
    if type(result) == 'table' and result.err then
        redis.call('HDEL', COUNTERS, 'bytes')
    end
end

-- Puts a committed session into its place in both orders. `used` and `expires` may lie in the future.
local function place(member, named, used, expires)
    redis.pcall('ZADD', named and NAMED or UNNAMED, digits(used), member)
    redis.pcall('ZADD', EXPIRY, digits(expires), member)
end

-- Takes a session out of all lists, and gives the bytes that it had, or nothing if it was in none.
local function forget(member)
    local size = redis.call('HGET', SIZES, member)
    if not size then return nil end
    redis.call('HDEL', SIZES, member)
    redis.call('ZREM', NAMES, member)
    redis.call('ZREM', NAMED, member)
    redis.call('ZREM', UNNAMED, member)
    redis.call('ZREM', EXPIRY, member)
    account(-tonumber(size))
    return tonumber(size)
end

-- Whether one owner has more in this bucket than its share of what the owner may have in all. Who has more in all has
-- more in one of them. Limits that are not set are ''.
local function is_heavy(owner, sessions, most)
    local from, to = '[' .. owner, '(' .. string.sub(owner, 1, -2) .. '0'
    if sessions ~= '' and redis.call('ZLEXCOUNT', NAMES, from, to) * BUCKETS > tonumber(sessions) then
        return true
    end
    if most == '' then return false end
    local found, sum = redis.call('ZRANGEBYLEX', NAMES, from, to, 'LIMIT', 0, CHUNK), 0
    if #found == CHUNK then return true end
    for _, member in ipairs(found) do
        sum = sum + tonumber(redis.call('HGET', SIZES, member) or '0')
    end
    return sum * BUCKETS > tonumber(most)
end
