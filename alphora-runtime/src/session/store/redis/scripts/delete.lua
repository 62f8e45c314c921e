-- Removes a session, also one that cannot be read. ARGV: member. Gives whether there was one that had been committed.
local found = redis.pcall('HGET', KEYS[8], 'head')
local was_there = redis.call('DEL', KEYS[8]) == 1
forget(ARGV[1])
local was_committed = was_there and not (type(found) == 'string' and string.sub(found, 1, 2) == '0 ')
return { 'done', was_committed and 1 or 0 }
