-- Removes sessions unless they were used meanwhile. KEYS: from the eighth on, the sessions. ARGV: their members, each
-- with the last use that was seen. Gives how many were removed, and their bytes.
local count, freed = 0, 0
for at = 8, #KEYS do
    local member, used = ARGV[2 * (at - 7) - 1], ARGV[2 * (at - 7)]
    local found = redis.call('ZSCORE', NAMED, member) or redis.call('ZSCORE', UNNAMED, member)
    if found and tonumber(found) == tonumber(used) then
        redis.call('DEL', KEYS[at])
        freed = freed + (forget(member) or 0)
        count = count + 1
    end
end
return { count, freed }
