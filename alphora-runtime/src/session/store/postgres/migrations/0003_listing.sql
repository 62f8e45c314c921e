-- What is asked of sessions without a turn, and the sweeper.

create function @schema@.read_session(p_agent text, p_owner text, p_id text)
returns table (
    id text, version bigint, bytes bigint, created bigint, last_used bigint, expires bigint,
    stamp bigint, format bigint, pieces bytea[]
) language plpgsql as $$
begin
    perform set_config('alphora.agent', p_agent, true), set_config('alphora.owner', p_owner, true);
    -- One statement, so that the row and its pieces are of one moment.
    return query
        select s.id, s.version, s.bytes, s.created, s.last_used, s.expires, s.stamp, s.format,
            array(
                select p.bytes from @schema@.piece as p
                where p.agent = p_agent and p.owner = p_owner and p.id = p_id order by p.ordinal)
        from @schema@.session as s
        where s.agent = p_agent and s.owner = p_owner and s.id = p_id and s.version > 0
        and greatest(s.expires, s.lease_until) > @schema@.now_milliseconds();
end $$;

create function @schema@.list_sessions(p_agent text, p_owner text, p_after text, p_limit bigint)
returns table (id text, version bigint, bytes bigint, created bigint, last_used bigint, expires bigint)
language plpgsql as $$
declare
    moment bigint := @schema@.now_milliseconds();
begin
    perform set_config('alphora.agent', p_agent, true), set_config('alphora.owner', p_owner, true);
    return query
        select s.id, s.version, s.bytes, s.created, s.last_used, s.expires
        from @schema@.session as s
        where s.agent = p_agent and s.owner = p_owner and s.id > p_after and s.version > 0
        and greatest(s.expires, s.lease_until) > moment
        order by s.id limit p_limit;
end $$;

create function @schema@.delete_session(p_agent text, p_owner text, p_id text, out existed boolean)
language plpgsql as $$
declare
    s @schema@.session;
begin
    perform set_config('alphora.agent', p_agent, true), set_config('alphora.owner', p_owner, true);
    delete from @schema@.session as x
        where x.agent = p_agent and x.owner = p_owner and x.id = p_id returning * into s;
    existed := false;
    if found and s.version > 0 then
        delete from @schema@.piece as x where x.agent = p_agent and x.owner = p_owner and x.id = p_id;
        insert into @schema@.change (owner, sessions, bytes) values (p_owner, -1, -s.bytes);
        existed := greatest(s.expires, s.lease_until) > @schema@.now_milliseconds();
    end if;
end $$;

-- Whether the schema can be written to.
create function @schema@.check_writing(out drawn bigint) language plpgsql as $$
begin
    drawn := nextval('@schema@.fence');
end $$;

-- What was added up, and what has changed since, of which at most the first 100,000.
create function @schema@.statistics(out sessions bigint, out bytes bigint) language plpgsql as $$
begin
    perform set_config('alphora.scope', 'everybody', true);
    select coalesce(sum(x.sessions), 0)::bigint, coalesce(sum(x.bytes), 0)::bigint into sessions, bytes
    from (
        (select u.sessions, u.bytes from @schema@.usage as u where u.owner = '')
        union all
        (select c.sessions, c.bytes from @schema@.change as c order by c.number limit 100000)
    ) as x;
end $$;

-- One batch of what has expired: sessions, then runs. Says how many committed sessions went, and whether there may be
-- more of anything.
create function @schema@.sweep_expired(p_batch bigint, out removed bigint, out is_more boolean)
language plpgsql set enable_seqscan = off as $$
declare
    moment bigint := @schema@.now_milliseconds();
    gone @schema@.session[];
    runs @schema@.run[];
begin
    perform set_config('alphora.scope', 'everybody', true), set_config('synchronous_commit', 'off', true);
    with doomed as (
        select s.agent, s.owner, s.id from @schema@.session as s
        where s.expires_step <= (moment >> 16)::integer and s.expires <= moment
        and (s.turn is null or s.lease_until <= moment)
        order by s.expires_step limit p_batch for update skip locked
    ), deleted as (
        delete from @schema@.session as s using doomed as d
        where s.agent = d.agent and s.owner = d.owner and s.id = d.id returning s
    )
    select coalesce(array_agg(s), '{}') into gone from deleted;
    removed := @schema@.forget(gone);
    insert into @schema@.change (owner, sessions, bytes)
        select g.owner, -count(*), -sum(g.bytes) from unnest(gone) as g where g.version > 0 group by g.owner;

    -- A run may have thousands of events.
    with doomed as (
        select r.agent, r.owner, r.run from @schema@.run as r
        where r.expires_step <= (moment >> 16)::integer and r.expires <= moment
        order by r.expires_step limit greatest(p_batch / 16, 1) for update skip locked
    ), deleted as (
        delete from @schema@.run as r using doomed as d
        where r.agent = d.agent and r.owner = d.owner and r.run = d.run returning r
    )
    select coalesce(array_agg(r), '{}') into runs from deleted;
    delete from @schema@.event as e using unnest(runs) as r
        where e.agent = r.agent and e.owner = r.owner and e.run = r.run;
    is_more := cardinality(gone) >= p_batch or cardinality(runs) >= greatest(p_batch / 16, 1);
end $$;

-- Deletes the pieces of sessions whose rows are deleted, in a statement of its own: it sees what was committed until
-- the rows were locked.
create function @schema@.forget(p_gone @schema@.session[], out removed bigint) language plpgsql as $$
begin
    delete from @schema@.piece as p using unnest(p_gone) as g
        where g.version > 0 and p.agent = g.agent and p.owner = g.owner and p.id = g.id;
    select count(*) into removed from unnest(p_gone) as g where g.version > 0;
end $$;

-- Adds up what has changed, then removes one batch of what is over the limits. One process at a time; any other is
-- told that there is nothing to do.
create function @schema@.sweep_limits(
    p_batch bigint, p_sessions bigint, p_bytes bigint, p_owner_sessions bigint, p_owner_bytes bigint,
    out removed bigint, out is_more boolean
) language plpgsql set enable_seqscan = off as $$
declare
    folded bigint;
    everybody @schema@.usage;
    of_owner @schema@.usage;
begin
    removed := 0;
    is_more := false;
    if not pg_try_advisory_xact_lock(hashtext('alphora sweep'), hashtext('@schema@')) then
        return;
    end if;
    perform set_config('alphora.scope', 'everybody', true), set_config('synchronous_commit', 'off', true);
    with taken as (
        delete from @schema@.change as c
        where c.number in (select x.number from @schema@.change as x order by x.number limit 10000)
        returning c.owner, c.sessions, c.bytes
    ), added as (
        insert into @schema@.usage as u (owner, sessions, bytes)
            select coalesce(t.owner, ''), sum(t.sessions), sum(t.bytes) from taken as t
            group by grouping sets ((t.owner), ())
            having count(*) > 0 order by 1
        on conflict (owner) do update
            set sessions = u.sessions + excluded.sessions, bytes = u.bytes + excluded.bytes
    )
    select count(*) into folded from taken;
    if folded >= 10000 then
        -- What was removed may stand in what is not added up yet: to evict now could be too much.
        is_more := true;
        return;
    end if;
    delete from @schema@.usage as u where u.owner <> '' and u.sessions = 0;

    for of_owner in
        (select * from @schema@.usage as u where u.sessions > p_owner_sessions and u.owner not in ('', '-')
            order by u.sessions desc limit 16)
        union
        (select * from @schema@.usage as u where u.bytes > p_owner_bytes and u.owner not in ('', '-')
            order by u.bytes desc limit 16)
    loop
        removed := removed + @schema@.evict(of_owner, p_owner_sessions, p_owner_bytes, p_batch);
    end loop;
    select * into everybody from @schema@.usage as u where u.owner = '';
    if everybody.sessions > p_sessions or everybody.bytes > p_bytes then
        removed := removed + @schema@.evict(everybody, p_sessions, p_bytes, p_batch);
    end if;
    is_more := removed > 0;
end $$;

-- Removes what one owner, or everybody, has too much: unnamed sessions first, then those used least recently. The
-- index knows the last use to 65 seconds, so the first 4,096 are put into their order.
create function @schema@.evict(p_usage @schema@.usage, p_sessions bigint, p_bytes bigint, p_batch bigint,
    out removed bigint) language plpgsql set enable_seqscan = off as $$
declare
    moment bigint := @schema@.now_milliseconds();
    too_many bigint := coalesce(p_usage.sessions - p_sessions, 0);
    too_much bigint := coalesce(p_usage.bytes - p_bytes, 0);
    first @schema@.session[];
    gone @schema@.session[];
begin
    if p_usage.owner = '' then
        first := array(
            select s from @schema@.session as s
            where s.is_committed and (s.turn is null or s.lease_until <= moment)
            order by s.named, s.used_step limit 4096);
    else
        first := array(
            select s from @schema@.session as s
            where s.owner = p_usage.owner and s.owner <> '-' and s.is_committed
            and (s.turn is null or s.lease_until <= moment)
            order by s.named, s.used_step limit 4096);
    end if;
    with ranked as (
        select f.agent, f.owner, f.id, f.fence,
            row_number() over used as place, sum(f.bytes) over used - f.bytes as bytes_before
        from unnest(first) as f
        window used as (order by f.named, f.last_used, f.fence rows unbounded preceding)
    ), doomed as (
        select s.agent, s.owner, s.id from @schema@.session as s join ranked as r
            on s.agent = r.agent and s.owner = r.owner and s.id = r.id
        where (r.place <= too_many or r.bytes_before < too_much) and r.place <= p_batch
        -- Nobody has used it since.
        and s.fence = r.fence and (s.turn is null or s.lease_until <= moment)
        for update of s skip locked
    ), deleted as (
        delete from @schema@.session as s using doomed as d
        where s.agent = d.agent and s.owner = d.owner and s.id = d.id returning s
    )
    select coalesce(array_agg(s), '{}') into gone from deleted;
    removed := @schema@.forget(gone);
    -- At once, and not by way of `change`: what is added up is what the next batch is measured by.
    update @schema@.usage as u set sessions = u.sessions - g.sessions, bytes = u.bytes - g.bytes
        from (
            select coalesce(x.owner, '') as owner, count(*) as sessions, sum(x.bytes) as bytes
            from unnest(gone) as x group by grouping sets ((x.owner), ()) having count(*) > 0
        ) as g
        where u.owner = g.owner;
end $$;
