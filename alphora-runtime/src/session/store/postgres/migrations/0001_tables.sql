-- Sessions and runs. Times are milliseconds since 1970 of the server's clock. An owner is '-' for nobody in particular
-- or '+' and a name, never empty: what a forgotten setting is compared with.

-- One sequence for the leases of all sessions, so that a session that begins anew has higher fences than before.
create sequence @schema@.fence as bigint;

create table @schema@.session (
    agent text collate "C" not null,
    owner text collate "C" not null,
    id text collate "C" not null,
    -- How often it was committed; 0 for one that begins, which vanishes with its lease.
    version bigint not null,
    -- The fence of the lease that was committed last.
    stamp bigint not null,
    -- The fence with which it began: a lease with a lower one is of an earlier life.
    born bigint not null,
    -- The lease that was granted last, and the turn that has it, if one has.
    fence bigint not null,
    turn bytea,
    lease_until bigint not null,
    -- How somebody else wants the turn to end: 1 interrupt, 2 rollback.
    preemption smallint,
    -- The turns that were committed last, the latest at the end, so that each can be told its version once more.
    turns bytea[] not null default '{}',
    format bigint not null default 0,
    bytes bigint not null default 0,
    pieces integer not null default 0,
    named boolean not null,
    created bigint not null,
    last_used bigint not null,
    expires bigint not null,
    -- What the sweeper's indexes know: times in steps of 65 seconds, and whether there was a commit. A turn that changes
    -- none of them touches no index (a heap-only update).
    is_committed boolean not null generated always as (version > 0) stored,
    used_step integer not null generated always as ((last_used >> 16)::integer) stored,
    expires_step integer not null generated always as ((expires >> 16)::integer) stored,
    primary key (agent, owner, id)
) with (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.05);

create index session_expires on @schema@.session (expires_step);
create index session_used on @schema@.session (named, used_step) where is_committed;
create index session_used_by_owner on @schema@.session (owner, named, used_step)
    where is_committed and owner <> '-';

-- A record: ordinal 0 is the snapshot, the others were appended.
create table @schema@.piece (
    agent text collate "C" not null,
    owner text collate "C" not null,
    id text collate "C" not null,
    ordinal integer not null,
    bytes bytea not null,
    primary key (agent, owner, id, ordinal)
);

-- How much is kept, by owner; '' is everybody. What has changed since it was added up stands in `change`, because a
-- row that every commit updates would put all commits in one queue.
create table @schema@.usage (
    owner text collate "C" primary key,
    sessions bigint not null,
    bytes bigint not null
);
create index usage_sessions on @schema@.usage (sessions);
create index usage_bytes on @schema@.usage (bytes);
create table @schema@.change (
    number bigint generated always as identity primary key,
    owner text collate "C" not null,
    sessions bigint not null,
    bytes bigint not null
) with (autovacuum_vacuum_scale_factor = 0.02);

-- The log of a run that clients may resume.
create table @schema@.run (
    agent text collate "C" not null,
    owner text collate "C" not null,
    run bytea not null,
    -- The ids of the earliest event that is kept and of the last one that was added.
    first_event bigint not null default 1,
    last_event bigint not null default 0,
    bytes bigint not null default 0,
    byte_limit bigint not null,
    time_limit bigint not null,
    ended boolean not null default false,
    cancelled boolean not null default false,
    expires bigint not null,
    expires_step integer not null generated always as ((expires >> 16)::integer) stored,
    primary key (agent, owner, run)
) with (fillfactor = 60);
create index run_expires on @schema@.run (expires_step);
create table @schema@.event (
    agent text collate "C" not null,
    owner text collate "C" not null,
    run bytea not null,
    id bigint not null,
    size integer not null,
    bytes bytea not null,
    primary key (agent, owner, run, id)
);

-- A statement sees and writes what is of the agent and the owner that its transaction has named, and nothing if it
-- has named none. Only the sweeper names everybody. The policies hold for the tables' owner too; for superusers and
-- roles with BYPASSRLS no policy holds.
do $$
declare
    name text;
begin
    foreach name in array array['session', 'piece', 'run', 'event'] loop
        execute format('alter table @schema@.%I enable row level security, force row level security', name);
        execute format(
            'create policy own on @schema@.%I using (agent = current_setting(''alphora.agent'', true) '
            'and owner = current_setting(''alphora.owner'', true))', name);
        execute format(
            'create policy sweep on @schema@.%I using (current_setting(''alphora.scope'', true) = ''everybody'')',
            name);
    end loop;
    foreach name in array array['usage', 'change'] loop
        execute format('alter table @schema@.%I enable row level security, force row level security', name);
        execute format(
            'create policy sweep on @schema@.%I using (current_setting(''alphora.scope'', true) = ''everybody'')',
            name);
    end loop;
end $$;
create policy own on @schema@.change for insert with check (owner = current_setting('alphora.owner', true));
