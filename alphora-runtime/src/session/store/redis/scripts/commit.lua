-- Makes a turn's change. ARGV: member, turn, fence, the version that the turn found, time to live, kind of change,
-- format, bytes, the most that a session may take, the owner if owners are limited, how many sessions and bytes an
-- owner may have.
local key, member, turn = KEYS[8], ARGV[1], ARGV[2]
local session = load(key)
if session == false then return { 'torn' } end
if not session then return { 'removed' } end
local made = committed(session, turn)
if made then return { 'committed', made, 1 } end
if session.version < tonumber(ARGV[4]) then return { 'removed' } end
if session.turn ~= turn or session.fence ~= ARGV[3] then return { 'fenced' } end
local kind, data = ARGV[6], ARGV[8]
if session.version == 0 then
    if kind == 'append' then return { 'misused' } end
    if kind == 'touch' then
        redis.call('DEL', key)
        return { 'committed', 0, 0 }
    end
end
local before = session.bytes
if kind == 'replace' then session.bytes = #data end
if kind == 'append' then session.bytes = before + #data end
if kind ~= 'touch' and session.bytes > tonumber(ARGV[9]) then return { 'large', session.bytes } end

local now = clock()
local pieces = session.pieces
session.version, session.stamp = session.version + 1, ARGV[3]
session.used, session.expires = now, now + tonumber(ARGV[5])
if session.version == 1 then session.created = digits(now) end
local remembered = { turn .. ':' .. digits(session.version) }
for commit in string.gmatch(session.commits, '%S+') do
    if #remembered < COMMITS then remembered[#remembered + 1] = commit end
end
local commits = table.concat(remembered, ' ')
if kind == 'replace' then
    session.format, session.pieces = ARGV[7], 0
    redis.call('HSET', key, 'snapshot', data, 'head', head(session), 'commits', commits)
    for first = 1, pieces, CHUNK do
        local names = {}
        for number = first, math.min(first + CHUNK - 1, pieces) do
            names[#names + 1] = 'p' .. number
        end
        redis.call('HDEL', key, unpack(names))
    end
elseif kind == 'append' then
    session.pieces = pieces + 1
    redis.call('HSET', key, 'p' .. session.pieces, data, 'head', head(session), 'commits', commits)
else
    redis.call('HSET', key, 'head', head(session), 'commits', commits)
end
redis.call('HDEL', key, 'lease')
redis.call('PEXPIREAT', key, digits(session.expires))
if session.version == 1 then redis.call('ZADD', NAMES, 0, member) end
place(member, session.named, now, session.expires)
if session.bytes ~= before or session.version == 1 then
    redis.call('HSET', SIZES, member, digits(session.bytes))
    account(session.bytes - before)
    if ARGV[10] ~= '' and is_heavy(ARGV[10], ARGV[11], ARGV[12]) then redis.call('SADD', OWNERS, ARGV[10]) end
end
return { 'committed', session.version, 0 }
