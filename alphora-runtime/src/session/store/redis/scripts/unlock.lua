-- Gives back what one has taken, unless it has expired and another has it. KEYS: the lock. ARGV: who has taken it.
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return { 'done' }
