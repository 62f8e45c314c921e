-- What the bucket keeps: sessions, bytes.
return { redis.call('ZCARD', NAMES), bytes() }
