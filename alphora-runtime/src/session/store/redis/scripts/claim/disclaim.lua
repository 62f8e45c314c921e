-- Gives a claim up. ARGV: its note.
if redis.call('GET', CLAIM) == ARGV[1] then redis.call('DEL', CLAIM) end
return { 'done' }
