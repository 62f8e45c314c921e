-- What a turn asks of its session. Each function is one statement for its caller: it locks the session's row first,
-- and looks at the clock when it has it. All of them expect READ COMMITTED.

create function @schema@.now_milliseconds() returns bigint language sql volatile as
$$ select floor(extract(epoch from clock_timestamp()) * 1000)::bigint $$;

create function @schema@.begin_turn(
    p_agent text, p_owner text, p_id text,
    p_turn bytea, p_lease bigint, p_ttl bigint, p_known bigint, p_named boolean,
    out outcome text, out granted_fence bigint, out stored_version bigint, out remaining bigint,
    out stored_stamp bigint, out stored_format bigint, out stored_pieces bytea[]
) language plpgsql as $$
declare
    s @schema@.session;
    moment bigint;
    place integer;
    is_lent boolean;
begin
    perform set_config('alphora.agent', p_agent, true), set_config('alphora.owner', p_owner, true);
    select * into s from @schema@.session as x
        where x.agent = p_agent and x.owner = p_owner and x.id = p_id for update;
    if not found then
        -- Who inserts takes turns: otherwise a fence could be drawn before that of a life that begins and ends until
        -- its row is inserted.
        perform pg_advisory_xact_lock(hashtextextended(concat_ws('/', p_agent, p_owner, p_id), 7));
        moment := @schema@.now_milliseconds();
        granted_fence := nextval('@schema@.fence');
        insert into @schema@.session
            (agent, owner, id, version, stamp, born, fence, turn, lease_until, named, created, last_used, expires)
            values (p_agent, p_owner, p_id, 0, 0, granted_fence, granted_fence, p_turn, moment + p_lease, p_named,
                    moment, moment, moment + p_lease)
            on conflict do nothing;
        if found then
            outcome := 'new';
            stored_version := 0;
            return;
        end if;
        select * into s from @schema@.session as x
            where x.agent = p_agent and x.owner = p_owner and x.id = p_id for update;
        if not found then
            -- Somebody else has inserted it and it was deleted again, all in this moment.
            raise exception using errcode = 'serialization_failure', message = 'the session comes and goes';
        end if;
    end if;

    moment := @schema@.now_milliseconds();
    is_lent := s.turn is not null and s.lease_until > moment;
    if is_lent or s.expires > moment then
        place := array_position(s.turns, p_turn);
        if place is not null then
            outcome := 'replayed';
            stored_version := s.version - cardinality(s.turns) + place;
            return;
        end if;
    end if;
    if is_lent and s.turn <> p_turn then
        outcome := 'busy';
        remaining := s.lease_until - moment;
        return;
    end if;
    granted_fence := nextval('@schema@.fence');
    if s.version > 0 and s.expires <= moment and not is_lent then
        -- It has expired and nobody has swept it.
        delete from @schema@.piece as x where x.agent = p_agent and x.owner = p_owner and x.id = p_id;
        insert into @schema@.change (owner, sessions, bytes) values (p_owner, -1, -s.bytes);
        update @schema@.session as x
            set version = 0, stamp = 0, born = granted_fence, turns = '{}', bytes = 0, pieces = 0, named = false,
                created = moment
            where x.agent = p_agent and x.owner = p_owner and x.id = p_id;
        s.version := 0;
        s.named := false;
    end if;
    update @schema@.session as x
        set fence = granted_fence, turn = p_turn, lease_until = moment + p_lease, named = s.named or p_named,
            preemption = case when s.turn = p_turn then s.preemption end,
            last_used = moment, expires = moment + case when s.version = 0 then p_lease else p_ttl end
        where x.agent = p_agent and x.owner = p_owner and x.id = p_id;
    stored_version := s.version;
    if s.version = 0 then
        outcome := 'new';
    elsif s.stamp = p_known then
        outcome := 'known';
    else
        outcome := 'stored';
        stored_stamp := s.stamp;
        stored_format := s.format;
        stored_pieces := array(
            select x.bytes from @schema@.piece as x
            where x.agent = p_agent and x.owner = p_owner and x.id = p_id order by x.ordinal);
    end if;
end $$;

create function @schema@.renew_turn(
    p_agent text, p_owner text, p_id text, p_turn bytea, p_fence bigint, p_lease bigint,
    out outcome text, out heard smallint
) language plpgsql as $$
declare
    s @schema@.session;
    moment bigint;
begin
    perform set_config('alphora.agent', p_agent, true), set_config('alphora.owner', p_owner, true);
    select * into s from @schema@.session as x
        where x.agent = p_agent and x.owner = p_owner and x.id = p_id for update;
    moment := @schema@.now_milliseconds();
    if not found or p_fence < s.born or (s.lease_until <= moment and s.expires <= moment) then
        outcome := 'removed';
    elsif s.fence <> p_fence or s.turn is distinct from p_turn then
        outcome := 'fenced';
    else
        outcome := 'renewed';
        heard := s.preemption;
        update @schema@.session as x
            set lease_until = moment + p_lease,
                expires = case when s.version = 0 then moment + p_lease else s.expires end
            where x.agent = p_agent and x.owner = p_owner and x.id = p_id;
    end if;
end $$;

-- Changes: 0 touches, 1 replaces, 2 appends.
create function @schema@.commit_turn(
    p_agent text, p_owner text, p_id text, p_turn bytea, p_fence bigint,
    p_change smallint, p_format bigint, p_payload bytea, p_ttl bigint, p_byte_limit bigint,
    out outcome text, out made_version bigint, out total bigint
) language plpgsql as $$
declare
    s @schema@.session;
    moment bigint;
    place integer;
begin
    perform set_config('alphora.agent', p_agent, true), set_config('alphora.owner', p_owner, true);
    select * into s from @schema@.session as x
        where x.agent = p_agent and x.owner = p_owner and x.id = p_id for update;
    if not found then
        outcome := 'removed';
        return;
    end if;
    moment := @schema@.now_milliseconds();
    place := array_position(s.turns, p_turn);
    if place is not null then
        outcome := 'replayed';
        made_version := s.version - cardinality(s.turns) + place;
        return;
    elsif p_fence < s.born or (s.lease_until <= moment and s.expires <= moment) then
        outcome := 'removed';
        return;
    elsif s.fence <> p_fence or s.turn is distinct from p_turn then
        outcome := 'fenced';
        return;
    end if;
    if s.version = 0 and p_change = 0 then
        delete from @schema@.session as x where x.agent = p_agent and x.owner = p_owner and x.id = p_id;
        outcome := 'committed';
        made_version := 0;
        return;
    elsif s.version = 0 and p_change = 2 then
        outcome := 'nothing';
        return;
    end if;
    total := case p_change when 0 then s.bytes when 1 then octet_length(p_payload)
             else s.bytes + octet_length(p_payload) end;
    if total > p_byte_limit and p_change <> 0 then
        outcome := 'too_large';
        return;
    end if;
    if p_change = 1 then
        if s.pieces > 1 then
            delete from @schema@.piece as x
                where x.agent = p_agent and x.owner = p_owner and x.id = p_id and x.ordinal > 0;
        end if;
        if s.pieces > 0 then
            update @schema@.piece as x set bytes = p_payload
                where x.agent = p_agent and x.owner = p_owner and x.id = p_id and x.ordinal = 0;
        else
            insert into @schema@.piece (agent, owner, id, ordinal, bytes) values (p_agent, p_owner, p_id, 0, p_payload);
        end if;
    elsif p_change = 2 then
        insert into @schema@.piece (agent, owner, id, ordinal, bytes)
            values (p_agent, p_owner, p_id, s.pieces, p_payload);
    end if;
    update @schema@.session as x
        set version = s.version + 1, stamp = p_fence, turn = null, lease_until = 0, preemption = null,
            turns = case when cardinality(s.turns) < 8 then s.turns else s.turns[2:8] end || p_turn,
            format = case p_change when 1 then p_format else s.format end,
            bytes = total,
            pieces = case p_change when 0 then s.pieces when 1 then 1 else s.pieces + 1 end,
            created = case s.version when 0 then moment else s.created end,
            last_used = moment, expires = moment + p_ttl
        where x.agent = p_agent and x.owner = p_owner and x.id = p_id;
    if s.version = 0 or total <> s.bytes then
        insert into @schema@.change (owner, sessions, bytes)
            values (p_owner, case s.version when 0 then 1 else 0 end, total - s.bytes);
    end if;
    outcome := 'committed';
    made_version := s.version + 1;
end $$;

-- A lease that is not given back ends by itself, so nobody waits for a disk here.
create function @schema@.release_turn(p_agent text, p_owner text, p_id text, p_turn bytea, p_fence bigint)
returns void language plpgsql as $$
begin
    perform set_config('alphora.agent', p_agent, true), set_config('alphora.owner', p_owner, true),
        set_config('synchronous_commit', 'off', true);
    update @schema@.session as x set turn = null, lease_until = 0, preemption = null
        where x.agent = p_agent and x.owner = p_owner and x.id = p_id
        and x.fence = p_fence and x.turn = p_turn and x.version > 0;
    if not found then
        delete from @schema@.session as x
            where x.agent = p_agent and x.owner = p_owner and x.id = p_id
            and x.fence = p_fence and x.turn = p_turn and x.version = 0;
    end if;
end $$;

create function @schema@.preempt_turn(p_agent text, p_owner text, p_id text, p_preemption smallint)
returns void language plpgsql as $$
begin
    perform set_config('alphora.agent', p_agent, true), set_config('alphora.owner', p_owner, true),
        set_config('synchronous_commit', 'off', true);
    update @schema@.session as x set preemption = p_preemption
        where x.agent = p_agent and x.owner = p_owner and x.id = p_id
        and x.turn is not null and x.lease_until > @schema@.now_milliseconds();
end $$;
