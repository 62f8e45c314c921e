-- What all scripts of limits begin with. The keys of one account are in one place of a cluster.
--
--   rates   requests tokens at: the weight of each bucket, and the millisecond in which it was so. It expires when both
--           are empty: then nothing is as good.
--   places  the runs at once, with the millisecond in which each place ends
-- A request or a token weighs 60,000, and a bucket loses its limit in each millisecond. All numbers stay below 2^53, so
-- that they are exact. A limit that is not set is ''.

local RATES, PLACES = KEYS[1], KEYS[2]
local UNIT, MOST = 60000, 9000000000000000

-- Lua's own conversion gives up after 14 digits.
local function digits(number)
    return string.format('%.0f', number)
end

local function clock()
    local time = redis.call('TIME')
    return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

-- The buckets of the account as they are now. What is not limited is not counted.
local function load(now, requests, tokens)
    local fields = redis.call('HMGET', RATES, 'requests', 'tokens', 'at')
    -- A server that has taken over may have another clock: then no time has passed.
    local elapsed = math.max(now - tonumber(fields[3] or now), 0)
    local function drained(weight, limit)
        if limit == '' then return 0 end
        return math.max(tonumber(weight or '0') - math.max(tonumber(limit), 1) * elapsed, 0)
    end
    return { requests = drained(fields[1], requests), tokens = drained(fields[2], tokens) }
end

local function save(account, now, requests, tokens)
    local function empty_after(weight, limit)
        if limit == '' then return 0 end
        return math.ceil(weight / math.max(tonumber(limit), 1))
    end
    local time = math.max(empty_after(account.requests, requests), empty_after(account.tokens, tokens))
    if time == 0 then
        redis.call('DEL', RATES)
        return
    end
    redis.call('HSET', RATES, 'requests', digits(account.requests), 'tokens', digits(account.tokens), 'at', digits(now))
    redis.call('PEXPIRE', RATES, digits(time))
end

local function has_room(weight, limit)
    return limit == '' or weight + UNIT <= tonumber(limit) * UNIT
end

-- Keeps the place of a run.
local function keep(run, now, lease)
    redis.call('ZADD', PLACES, digits(now + lease), run)
    if redis.call('PTTL', PLACES) < lease then redis.call('PEXPIRE', PLACES, digits(lease)) end
end
