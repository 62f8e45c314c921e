-- Which run a client's key belongs to, and whether the process where a run is still lives.

-- 0 where a server of an earlier release has it.
alter table @schema@.run add column seen bigint not null default 0;

create table @schema@.claim (
    agent text collate "C" not null,
    owner text collate "C" not null,
    key bytea not null,
    note bytea not null,
    expires bigint not null,
    expires_step integer not null generated always as ((expires >> 16)::integer) stored,
    primary key (agent, owner, key)
);
create index claim_expires on @schema@.claim (expires_step);
alter table @schema@.claim enable row level security, force row level security;
create policy own on @schema@.claim using (agent = current_setting('alphora.agent', true)
    and owner = current_setting('alphora.owner', true));
create policy sweep on @schema@.claim using (current_setting('alphora.scope', true) = 'everybody');

-- Gives the note of another claim that has not expired, if there is one; otherwise the claim is made, or made anew.
create function @schema@.claim(
    p_agent text, p_owner text, p_key bytea, p_note bytea, p_time bigint, out other bytea
) language plpgsql as $$
begin
    perform set_config('alphora.agent', p_agent, true), set_config('alphora.owner', p_owner, true);
    -- A row that is not updated is locked nevertheless: it is there when it is looked at.
    insert into @schema@.claim as x (agent, owner, key, note, expires)
        values (p_agent, p_owner, p_key, p_note, @schema@.now_milliseconds() + p_time)
        on conflict (agent, owner, key) do update
            set note = p_note, expires = @schema@.now_milliseconds() + p_time
            where x.note = p_note or x.expires <= @schema@.now_milliseconds();
    if not found then
        select x.note into other from @schema@.claim as x
            where x.agent = p_agent and x.owner = p_owner and x.key = p_key;
    end if;
end $$;

create function @schema@.disclaim(p_agent text, p_owner text, p_key bytea, p_note bytea)
returns void language plpgsql as $$
begin
    perform set_config('alphora.agent', p_agent, true), set_config('alphora.owner', p_owner, true);
    delete from @schema@.claim as x
        where x.agent = p_agent and x.owner = p_owner and x.key = p_key and x.note = p_note;
end $$;

-- Claims are no sessions: none is counted.
create function @schema@.sweep_claims(p_batch bigint, out removed bigint, out is_more boolean)
language plpgsql as $$
declare
    moment bigint := @schema@.now_milliseconds();
    gone bigint;
begin
    perform set_config('alphora.scope', 'everybody', true), set_config('synchronous_commit', 'off', true);
    delete from @schema@.claim as c using (
        select x.agent, x.owner, x.key from @schema@.claim as x
        where x.expires_step <= (moment >> 16)::integer and x.expires <= moment
        order by x.expires_step limit p_batch for update skip locked
    ) as d
        where c.agent = d.agent and c.owner = d.owner and c.key = d.key;
    get diagnostics gone = row_count;
    removed := 0;
    is_more := gone >= p_batch;
end $$;

create or replace function @schema@.open_run(
    p_agent text, p_owner text, p_run bytea, p_time bigint, p_bytes bigint
) returns void language plpgsql as $$
declare
    moment bigint := @schema@.now_milliseconds();
begin
    perform set_config('alphora.agent', p_agent, true), set_config('alphora.owner', p_owner, true);
    insert into @schema@.run (agent, owner, run, byte_limit, time_limit, expires, seen)
        values (p_agent, p_owner, p_run, p_bytes, p_time, moment + p_time, moment)
        on conflict do nothing;
end $$;

-- As `append_events`, and says whether there is a log. A server of an earlier release goes on calling the other one.
create function @schema@.append_known_events(
    p_agent text, p_owner text, p_run bytea, p_first bigint, p_events bytea[], out is_known boolean
) language plpgsql as $$
begin
    perform set_config('alphora.agent', p_agent, true), set_config('alphora.owner', p_owner, true),
        set_config('synchronous_commit', 'off', true);
    update @schema@.run as x set seen = @schema@.now_milliseconds()
        where x.agent = p_agent and x.owner = p_owner and x.run = p_run
        and x.expires > @schema@.now_milliseconds();
    is_known := found;
    if found then
        perform @schema@.append_events(p_agent, p_owner, p_run, p_first, p_events);
    end if;
end $$;

-- Who asks is the run, which is under way: its log is kept, and moved in the order of those that go only now and then.
create or replace function @schema@.is_run_cancelled(p_agent text, p_owner text, p_run bytea, out asked boolean)
language plpgsql as $$
declare
    moment bigint := @schema@.now_milliseconds();
begin
    perform set_config('alphora.agent', p_agent, true), set_config('alphora.owner', p_owner, true),
        set_config('synchronous_commit', 'off', true);
    update @schema@.run as x
        set seen = moment,
            expires = case
                when not x.ended and x.expires < moment + x.time_limit / 2 then moment + x.time_limit
                else x.expires
            end
        where x.agent = p_agent and x.owner = p_owner and x.run = p_run and x.expires > moment
        returning x.cancelled into asked;
    asked := coalesce(asked, false);
end $$;

-- For how many milliseconds nothing was heard of the process where a run is that has not ended.
create function @schema@.silence_of_run(p_agent text, p_owner text, p_run bytea, out silence bigint)
language plpgsql as $$
declare
    moment bigint := @schema@.now_milliseconds();
begin
    perform set_config('alphora.agent', p_agent, true), set_config('alphora.owner', p_owner, true);
    select moment - x.seen into silence from @schema@.run as x
        where x.agent = p_agent and x.owner = p_owner and x.run = p_run and not x.ended and x.seen > 0
        and x.expires > moment;
end $$;
