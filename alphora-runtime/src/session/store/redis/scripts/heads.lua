-- The heads of sessions. KEYS: from the eighth on, the sessions.
local heads = {}
for at = 8, #KEYS do
    heads[#heads + 1] = redis.call('HGET', KEYS[at], 'head') or ''
end
return heads
