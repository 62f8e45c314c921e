-- The session as it was last committed. ARGV: member.
local key = KEYS[8]
local session = load(key)
if session == false then return { 'torn' } end
if not session or session.version == 0 then return { 'none' } end
local record = content(key, session)
if not record then return { 'torn' } end
return {
    'stored', session.version, session.bytes, session.created, digits(session.used), digits(session.expires),
    session.stamp, session.format, record[1], record[2],
}
