-- Lends a session. ARGV: member, turn, lease, time to live, known stamp or nothing, whether it was named.
local key, member, turn = KEYS[8], ARGV[1], ARGV[2]
local now, micros = clock()
local session = load(key)
if session == false then return { 'torn' } end
if session then
    local version = committed(session, turn)
    if version then return { 'replayed', version } end
    if session.turn and session.turn ~= turn and session.ends > now then
        return { 'busy', session.ends - now }
    end
end
local record
if session and session.version > 0 and ARGV[5] ~= session.stamp then
    record = content(key, session)
    if not record then return { 'torn' } end
end
-- A count of the server's microseconds is higher than every earlier one even if this server has lost its last
-- writes, or everything.
local last = tonumber(redis.call('HGET', COUNTERS, 'fence') or '0')
local fence = digits(math.max(last + 1, micros))
redis.call('HSET', COUNTERS, 'fence', fence)
if not session then
    -- One that has expired or was evicted may still be listed.
    forget(member)
    session = {
        version = 0, stamp = '0', format = '0', pieces = 0, bytes = 0, created = digits(now), named = false,
    }
end
-- A turn that asks again still has to hear what it was told.
if session.turn ~= turn then session.preemption = '' end
session.used, session.turn, session.fence = now, turn, fence
session.ends = now + tonumber(ARGV[3])
session.expires = session.version > 0 and now + tonumber(ARGV[4]) or session.ends
local named = session.named or ARGV[6] == '1'
if named and not session.named then redis.call('ZREM', UNNAMED, member) end
session.named = named
redis.call('HSET', key, 'head', head(session), 'lease', lease(session))
local kept = math.max(session.expires, session.ends)
redis.call('PEXPIREAT', key, digits(kept))
if session.version == 0 then return { 'granted', fence, 0, 'new' } end
place(member, named, session.ends, kept)
if not record then return { 'granted', fence, session.version, 'known' } end
return { 'granted', fence, session.version, 'stored', session.stamp, session.format, record[1], record[2] }
