-- The logs of runs. They live for minutes, so only their beginning waits for a disk.

create function @schema@.open_run(p_agent text, p_owner text, p_run bytea, p_time bigint, p_bytes bigint)
returns void language plpgsql as $$
begin
    perform set_config('alphora.agent', p_agent, true), set_config('alphora.owner', p_owner, true);
    insert into @schema@.run (agent, owner, run, byte_limit, time_limit, expires)
        values (p_agent, p_owner, p_run, p_bytes, p_time, @schema@.now_milliseconds() + p_time)
        on conflict do nothing;
end $$;

-- Adds events from `p_first` on. Those that are there already are left out; where some are missing before them, which
-- were lost with a server that crashed, everything before them is forgotten.
create function @schema@.append_events(p_agent text, p_owner text, p_run bytea, p_first bigint, p_events bytea[])
returns void language plpgsql as $$
declare
    r @schema@.run;
    moment bigint;
    oldest record;
begin
    perform set_config('alphora.agent', p_agent, true), set_config('alphora.owner', p_owner, true),
        set_config('synchronous_commit', 'off', true);
    select * into r from @schema@.run as x
        where x.agent = p_agent and x.owner = p_owner and x.run = p_run for update;
    moment := @schema@.now_milliseconds();
    if not found or r.expires <= moment then
        return;
    end if;
    if p_first > r.last_event + 1 then
        delete from @schema@.event as x where x.agent = p_agent and x.owner = p_owner and x.run = p_run;
        r.first_event := p_first;
        r.bytes := 0;
    end if;
    with added as (
        insert into @schema@.event (agent, owner, run, id, size, bytes)
            select p_agent, p_owner, p_run, p_first + e.place - 1, octet_length(e.bytes), e.bytes
            from unnest(p_events) with ordinality as e (bytes, place)
            where p_first + e.place - 1 > r.last_event
            returning size
    )
    select r.bytes + coalesce(sum(added.size), 0) into r.bytes from added;
    r.last_event := greatest(r.last_event, p_first + cardinality(p_events) - 1);
    if r.bytes > r.byte_limit then
        for oldest in
            select x.id, x.size from @schema@.event as x
            where x.agent = p_agent and x.owner = p_owner and x.run = p_run order by x.id
        loop
            exit when r.bytes <= r.byte_limit;
            r.bytes := r.bytes - oldest.size;
            r.first_event := oldest.id + 1;
        end loop;
        delete from @schema@.event as x
            where x.agent = p_agent and x.owner = p_owner and x.run = p_run and x.id < r.first_event;
    end if;
    update @schema@.run as x
        set first_event = r.first_event, last_event = r.last_event, bytes = r.bytes,
            expires = greatest(r.expires, moment + r.time_limit)
        where x.agent = p_agent and x.owner = p_owner and x.run = p_run;
end $$;

create function @schema@.finish_run(p_agent text, p_owner text, p_run bytea) returns void language plpgsql as $$
begin
    perform set_config('alphora.agent', p_agent, true), set_config('alphora.owner', p_owner, true),
        set_config('synchronous_commit', 'off', true);
    update @schema@.run as x set ended = true, expires = @schema@.now_milliseconds() + x.time_limit
        where x.agent = p_agent and x.owner = p_owner and x.run = p_run
        and not x.ended and x.expires > @schema@.now_milliseconds();
end $$;

-- A page of events after `p_after`: at most so many, and at most so many bytes but at least one. No row if there is no
-- such run; no pages if some of what was asked for is gone.
create function @schema@.read_events(
    p_agent text, p_owner text, p_run bytea, p_after bigint, p_events bigint, p_bytes bigint
) returns table (first_event bigint, last_event bigint, ended boolean, events bytea[]) language plpgsql as $$
begin
    perform set_config('alphora.agent', p_agent, true), set_config('alphora.owner', p_owner, true);
    return query
        select r.first_event, r.last_event, r.ended,
            array(
                select page.bytes from (
                    select x.id, x.bytes, sum(x.size) over (order by x.id) - x.size as bytes_before
                    from (
                        select e.id, e.size, e.bytes from @schema@.event as e
                        where e.agent = p_agent and e.owner = p_owner and e.run = p_run and e.id > p_after
                        order by e.id limit p_events
                    ) as x
                ) as page
                where page.bytes_before < p_bytes order by page.id)
        from @schema@.run as r
        where r.agent = p_agent and r.owner = p_owner and r.run = p_run and r.expires > @schema@.now_milliseconds();
end $$;

create function @schema@.cancel_run(p_agent text, p_owner text, p_run bytea, out existed boolean)
language plpgsql as $$
begin
    perform set_config('alphora.agent', p_agent, true), set_config('alphora.owner', p_owner, true),
        set_config('synchronous_commit', 'off', true);
    update @schema@.run as x set cancelled = true
        where x.agent = p_agent and x.owner = p_owner and x.run = p_run
        and not x.ended and x.expires > @schema@.now_milliseconds();
    existed := found;
end $$;

create function @schema@.is_run_cancelled(p_agent text, p_owner text, p_run bytea, out asked boolean)
language plpgsql as $$
begin
    perform set_config('alphora.agent', p_agent, true), set_config('alphora.owner', p_owner, true);
    asked := exists (
        select from @schema@.run as x
        where x.agent = p_agent and x.owner = p_owner and x.run = p_run and x.cancelled
        and x.expires > @schema@.now_milliseconds());
end $$;
