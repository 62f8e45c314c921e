-- Claims. ARGV: the note, for how long. Gives the note of another claim, if there is one.
local note = redis.call('GET', CLAIM)
if note and note ~= ARGV[1] then return { 'taken', note } end
redis.call('SET', CLAIM, ARGV[1], 'PX', ARGV[2])
return { 'done' }
