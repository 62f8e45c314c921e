-- What callers ask for. It is made up for within minutes, so nothing of it is written to a log: after a crash of the
-- server, or on one that has taken over, everybody begins anew.
--
-- A request or a token weighs 60,000, and a bucket loses its limit in each millisecond. An account without a row has
-- empty buckets.

create unlogged table @schema@.limit_account (
    account text collate "C" primary key,
    requests bigint not null,
    tokens bigint not null,
    -- The millisecond in which the buckets were so, and the one in which both are empty.
    as_of bigint not null,
    recovered bigint not null,
    recovered_step integer not null generated always as ((recovered >> 16)::integer) stored
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);
create index limit_account_recovered on @schema@.limit_account (recovered_step);

-- The runs at once, and the millisecond in which each place ends.
create unlogged table @schema@.limit_place (
    account text collate "C" not null,
    run bytea not null,
    ends bigint not null,
    ends_step integer not null generated always as ((ends >> 16)::integer) stored,
    primary key (account, run)
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);
create index limit_place_ends on @schema@.limit_place (ends_step);

do $$
declare
    name text;
begin
    foreach name in array array['limit_account', 'limit_place'] loop
        execute format('alter table @schema@.%I enable row level security, force row level security', name);
        execute format(
            'create policy own on @schema@.%I using (account = current_setting(''alphora.account'', true))', name);
        execute format(
            'create policy sweep on @schema@.%I using (current_setting(''alphora.scope'', true) = ''everybody'')',
            name);
    end loop;
end $$;

-- A bucket after some time. A clock that was set back lets no time pass; what is not limited is not counted.
create function @schema@.drained(p_weight bigint, p_limit bigint, p_elapsed bigint) returns bigint
language sql immutable as $$
    select case when p_limit is null then 0 else
        greatest(p_weight - greatest(p_limit, 1)::numeric * greatest(p_elapsed, 0), 0)::bigint end
$$;

-- In how many milliseconds a bucket is empty.
create function @schema@.empty_after(p_weight bigint, p_limit bigint) returns bigint language sql immutable as $$
    select case when p_limit is null then 0 else
        (p_weight + greatest(p_limit, 1) - 1) / greatest(p_limit, 1) end
$$;

-- The account as it is now; nobody else changes it before the end of the transaction.
create function @schema@.lock_account(p_account text, p_requests bigint, p_tokens bigint)
returns @schema@.limit_account language plpgsql as $$
declare
    a @schema@.limit_account;
    moment bigint;
begin
    perform set_config('alphora.account', p_account, true), set_config('synchronous_commit', 'off', true);
    loop
        select * into a from @schema@.limit_account as x where x.account = p_account for update;
        exit when found;
        insert into @schema@.limit_account (account, requests, tokens, as_of, recovered)
            values (p_account, 0, 0, 0, 0) on conflict do nothing;
    end loop;
    -- After the wait for others.
    moment := @schema@.now_milliseconds();
    a.requests := @schema@.drained(a.requests, p_requests, moment - a.as_of);
    a.tokens := @schema@.drained(a.tokens, p_tokens, moment - a.as_of);
    a.as_of := moment;
    return a;
end $$;

create function @schema@.save_account(a @schema@.limit_account, p_requests bigint, p_tokens bigint)
returns void language plpgsql as $$
begin
    update @schema@.limit_account as x
        set requests = a.requests, tokens = a.tokens, as_of = a.as_of,
            -- At most a century: what the sweeper's index knows is a small number.
            recovered = a.as_of + least(3153600000000,
                greatest(@schema@.empty_after(a.requests, p_requests), @schema@.empty_after(a.tokens, p_tokens)))
        where x.account = a.account;
end $$;

-- Counts a request and takes a place. Says which limit is exceeded (1 requests, 2 tokens, 3 runs), and the weights of
-- both buckets.
create function @schema@.take_place(
    p_account text, p_requests bigint, p_tokens bigint, p_runs bigint, p_run bytea, p_lease bigint,
    out exceeded smallint, out requests bigint, out tokens bigint
) language plpgsql as $$
declare
    a @schema@.limit_account := @schema@.lock_account(p_account, p_requests, p_tokens);
begin
    exceeded := 0;
    if a.requests + 60000 > p_requests * 60000 then
        exceeded := 1;
    elsif a.tokens + 60000 > p_tokens * 60000 then
        exceeded := 2;
    elsif p_runs is not null then
        delete from @schema@.limit_place as x where x.account = p_account and x.ends <= a.as_of;
        if (select count(*) from @schema@.limit_place as x where x.account = p_account) >= p_runs
            and not exists (select from @schema@.limit_place as x where x.account = p_account and x.run = p_run)
        then
            exceeded := 3;
        end if;
    end if;
    if exceeded = 0 then
        if p_requests is not null then
            a.requests := a.requests + 60000;
        end if;
        if p_runs is not null then
            perform @schema@.renew_places(p_account, array[p_run], p_lease);
        end if;
        perform @schema@.save_account(a, p_requests, p_tokens);
    end if;
    requests := a.requests;
    tokens := a.tokens;
end $$;

create function @schema@.renew_places(p_account text, p_runs bytea[], p_lease bigint) returns void
language plpgsql as $$
begin
    perform set_config('alphora.account', p_account, true), set_config('synchronous_commit', 'off', true);
    insert into @schema@.limit_place as x (account, run, ends)
        select p_account, r.run, @schema@.now_milliseconds() + p_lease from unnest(p_runs) as r (run) order by r.run
        on conflict (account, run) do update set ends = excluded.ends;
end $$;

-- Frees places, and counts what their runs have used and what did not come about.
create function @schema@.settle_places(
    p_account text, p_requests bigint, p_tokens bigint, p_runs bytea[], p_used bigint, p_refunded bigint
) returns void language plpgsql as $$
declare
    a @schema@.limit_account;
begin
    perform set_config('alphora.account', p_account, true), set_config('synchronous_commit', 'off', true);
    if p_used > 0 or p_refunded > 0 then
        a := @schema@.lock_account(p_account, p_requests, p_tokens);
        a.requests := greatest(a.requests - p_refunded * 60000, 0);
        if p_tokens is not null then
            a.tokens := least(a.tokens + p_used * 60000, 9000000000000000);
        end if;
        perform @schema@.save_account(a, p_requests, p_tokens);
    end if;
    delete from @schema@.limit_place as x where x.account = p_account and x.run = any (p_runs);
end $$;

-- One batch of accounts that have recovered, and of places that have ended. Both are as if they had never been; nothing
-- of them counts as removed.
create function @schema@.sweep_accounts(p_batch bigint, out removed bigint, out is_more boolean)
language plpgsql set enable_seqscan = off as $$
declare
    moment bigint := @schema@.now_milliseconds();
    accounts bigint;
    places bigint;
begin
    perform set_config('alphora.scope', 'everybody', true), set_config('synchronous_commit', 'off', true);
    with doomed as (
        select x.account from @schema@.limit_account as x
        where x.recovered_step <= (moment >> 16)::integer and x.recovered <= moment
        order by x.recovered_step limit p_batch for update skip locked
    )
    delete from @schema@.limit_account as x using doomed as d where x.account = d.account;
    get diagnostics accounts = row_count;
    with doomed as (
        select x.account, x.run from @schema@.limit_place as x
        where x.ends_step <= (moment >> 16)::integer and x.ends <= moment
        order by x.ends_step limit p_batch for update skip locked
    )
    delete from @schema@.limit_place as x using doomed as d where x.account = d.account and x.run = d.run;
    get diagnostics places = row_count;
    removed := 0;
    is_more := accounts >= p_batch or places >= p_batch;
end $$;
