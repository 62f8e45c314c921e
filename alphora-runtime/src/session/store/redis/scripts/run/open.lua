-- Begins a log. ARGV: how long it is kept, how many bytes it may have.
if not load() then
    redis.call('HSET', STATE, 'time', ARGV[1], 'bytes', 0, 'limit', ARGV[2], 'first', 1, 'last', 0, 'ended', 0,
        'cancelled', 0, 'seen', digits(now()))
    redis.call('PEXPIRE', STATE, ARGV[1])
end
return { 'done' }
