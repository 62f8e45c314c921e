//! A pool that is as slow as it is simple: one map, and a look at all of it for each question.

mod room;

use std::collections::BTreeMap;

use super::super::{RETRY_WHEN_BUSY, RETRY_WHEN_FULL};
use super::*;
use crate::session::{Concurrency, Owner, SessionError, SessionId, SessionKey};

const FULL: SessionError = SessionError::Capacity { retry_after: RETRY_WHEN_FULL };

/// Sessions are `s0` to `s9`: some are nobody's in particular, the others are two owners'.
pub(super) fn owner(id: u8) -> Owner {
    match id {
        0..=3 => Owner::anonymous(),
        4..=6 => Owner::named("a"),
        _ => Owner::named("b"),
    }
}

pub(super) fn key(id: u8) -> SessionKey {
    SessionKey::new("", owner(id), SessionId::parse(&format!("s{id}")).unwrap())
}

/// What a memory takes with its key.
pub(super) fn with_key(id: u8, bytes: usize) -> usize {
    bytes + 2 + owner(id).name().map_or(0, str::len)
}

/// What is stored: the name of its type, its tag, its bytes with the key's.
pub(super) type Stored = (&'static str, u32, usize);

#[derive(Debug, Default, Clone)]
pub(super) struct Session {
    pub(super) stored: Option<Stored>,
    pub(super) named: bool,
    /// The turn that has the session, and those that wait.
    pub(super) turns: Vec<Turn>,
    removed: bool,
    pub(super) last_used: u64,
    pub(super) created: u64,
    pub(super) commits: u64,
    /// Tells apart what was used at the same time.
    nth_use: u64,
}

/// A turn that has its session, or waits for it.
#[derive(Debug, Clone)]
pub(super) struct Turn {
    number: u32,
    /// The end of its wait.
    until: u64,
    /// Whether another turn can end it.
    has_handle: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Model {
    pub(super) ttl: u64,
    pub(super) max_items: usize,
    pub(super) max_bytes: usize,
    pub(super) max_session_bytes: usize,
    pub(super) max_owner_items: usize,
    pub(super) max_owner_bytes: usize,
    pub(super) queue: usize,
    pub(super) wait: u64,
    pub(super) now: u64,
    pub(super) uses: u64,
    pub(super) sessions: BTreeMap<u8, Session>,
    /// Turns that were waiting when another took their place.
    pub(super) superseded: Vec<u32>,
    /// The running turns that were told to end, and whether what they remember is kept.
    pub(super) preempted: Vec<(u128, bool)>,
}

impl Model {
    fn is_expired(&self, session: &Session) -> bool {
        session.turns.is_empty() && self.now - session.last_used > self.ttl
    }

    fn remove_if_expired(&mut self, id: u8) {
        if self.sessions.get(&id).is_some_and(|session| self.is_expired(session)) {
            self.sessions.remove(&id);
        }
    }

    /// What a turn finds that may begin at once; nothing if it has to wait. A program's own turn says nothing of
    /// concurrency, and cannot be ended by others.
    pub(super) fn take(
        &mut self,
        id: u8,
        turn: u32,
        kind: &'static str,
        concurrency: Option<Concurrency>,
    ) -> Option<Result<Option<Stored>, SessionError>> {
        if let Err(error) = self.enter(id, turn, kind, concurrency) {
            return Some(Err(error));
        }
        let session = &self.sessions[&id];
        (session.turns.len() == 1).then_some(Ok(session.stored))
    }

    fn enter(
        &mut self,
        id: u8,
        turn: u32,
        kind: &'static str,
        concurrency: Option<Concurrency>,
    ) -> Result<(), SessionError> {
        self.remove_if_expired(id);
        let turn = Turn { number: turn, until: self.now + self.wait, has_handle: concurrency.is_some() };
        let Some(session) = self.sessions.get_mut(&id) else {
            self.make_room_for_one(id, true)?;
            let turns = vec![turn];
            self.sessions.insert(id, Session { named: true, turns, ..Session::default() });
            return Ok(());
        };
        check(session.stored, kind)?;
        if !session.turns.is_empty() {
            let keep = match concurrency {
                Some(Concurrency::Interrupt) => Some(true),
                Some(Concurrency::Rollback) => Some(false),
                _ => None,
            };
            let stays = |turn: &&Turn| keep.is_none() || !turn.has_handle;
            let waits = session.turns[1..].iter().filter(stays).count();
            let limit = if keep.is_some() { self.queue.max(1) } else { self.queue };
            if waits >= limit || concurrency == Some(Concurrency::Reject) {
                return Err(SessionError::Busy { waited: Duration::ZERO, retry_after: RETRY_WHEN_BUSY });
            }
            let running = session.turns[0].clone();
            let (stay, go): (Vec<_>, Vec<_>) = session.turns.drain(1..).partition(|turn| stays(&turn));
            self.superseded.extend(go.iter().map(|turn| turn.number));
            session.turns.extend(stay);
            if let Some(keep) = keep
                && running.has_handle
            {
                self.preempted.push((running.number.into(), keep));
            }
        }
        session.turns.push(turn);
        session.named = true;
        if session.turns.len() == 1 {
            session.last_used = self.now;
        }
        Ok(())
    }

    /// What a waiting turn finds when it looks again; nothing if it has to wait on.
    pub(super) fn look_again(
        &mut self,
        id: u8,
        turn: u32,
        kind: &'static str,
    ) -> Option<Result<Option<Stored>, SessionError>> {
        if self.superseded.contains(&turn) {
            return Some(Err(SessionError::Superseded));
        }
        let session = self.sessions.get_mut(&id)?;
        let until = session.turns.iter().find(|waiting| waiting.number == turn)?.until;
        let found = if session.turns[0].number == turn {
            session.removed = false;
            check(session.stored, kind).map(|()| session.stored)
        } else if until <= self.now {
            let waited = Duration::from_millis(self.wait);
            Err(SessionError::Busy { waited, retry_after: RETRY_WHEN_BUSY })
        } else {
            return None;
        };
        if found.is_err() {
            self.leave(id, turn);
        }
        Some(found)
    }

    /// Ends a turn, whether it has the session or waits.
    pub(super) fn leave(&mut self, id: u8, turn: u32) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        let before = session.turns.len();
        if session.turns.first().is_some_and(|holder| holder.number == turn) {
            session.last_used = self.now;
        }
        session.turns.retain(|other| other.number != turn);
        if session.turns.is_empty() && before > 0 {
            self.uses += 1;
            (session.last_used, session.nth_use) = (self.now, self.uses);
            if session.stored.is_none() {
                self.sessions.remove(&id);
            }
        }
    }

    pub(super) fn commit(&mut self, id: u8, turn: u32, stored: Stored) -> Result<(), SessionError> {
        let admitted = self.may_commit(id, stored.2);
        if admitted.is_ok() {
            self.put(id, stored);
        }
        self.leave(id, turn);
        admitted
    }

    fn may_commit(&mut self, id: u8, bytes: usize) -> Result<(), SessionError> {
        let session = &self.sessions[&id];
        if session.removed {
            return Err(SessionError::Removed);
        }
        let replaced = session.stored.map_or(0, |(_, _, bytes)| bytes);
        self.expire(id, replaced, bytes)?;
        let mut left = self.clone();
        left.make_room_for_bytes(id, replaced, bytes, true)?;
        *self = left;
        Ok(())
    }

    fn put(&mut self, id: u8, stored: Stored) {
        let session = self.sessions.get_mut(&id).unwrap();
        if session.stored.is_none() {
            (session.created, session.commits) = (self.now, 0);
        }
        session.commits += 1;
        session.stored = Some(stored);
    }

    pub(super) fn insert_unnamed(&mut self, id: u8, stored: Stored) -> Result<bool, SessionError> {
        self.remove_if_expired(id);
        if self.sessions.contains_key(&id) {
            return Err(SessionError::Taken);
        }
        self.expire(id, 0, stored.2)?;
        let mut left = self.clone();
        let made = left.make_room_for_one(id, false);
        if made.and_then(|()| left.make_room_for_bytes(id, 0, stored.2, false)).is_err() {
            return Ok(false);
        }
        *self = left;
        self.uses += 1;
        let (last_used, nth_use) = (self.now, self.uses);
        self.sessions.insert(id, Session { last_used, nth_use, ..Session::default() });
        self.put(id, stored);
        Ok(true)
    }

    pub(super) fn remove(&mut self, id: u8) -> bool {
        self.remove_if_expired(id);
        let Some(session) = self.sessions.get_mut(&id) else { return false };
        if session.turns.is_empty() {
            self.sessions.remove(&id);
            return true;
        }
        session.stored = None;
        session.removed = true;
        true
    }

    /// The next sessions of an owner that are stored, up to `most`. What has expired on the way is gone.
    pub(super) fn list(&mut self, by: &Owner, after: Option<u8>, most: usize) -> Vec<u8> {
        let mut listed = Vec::new();
        for id in after.map_or(0, |after| after + 1)..10 {
            if owner(id) == *by && listed.len() < most {
                self.remove_if_expired(id);
                listed.extend(self.sessions.get(&id).and_then(|session| session.stored).map(|_| id));
            }
        }
        listed
    }

    /// What can be seen of a session without using it.
    pub(super) fn read(&mut self, id: u8) -> Option<&Session> {
        self.remove_if_expired(id);
        self.sessions.get(&id).filter(|session| session.stored.is_some())
    }

    pub(super) fn sweep(&mut self) -> usize {
        let before = self.sessions.len();
        let kept = self.clone();
        self.sessions.retain(|_, session| !kept.is_expired(session));
        before - self.sessions.len()
    }
}

fn check(stored: Option<Stored>, asked: &'static str) -> Result<(), SessionError> {
    match stored {
        Some((stored, ..)) if stored != asked => Err(SessionError::WrongMemory { stored, asked }),
        _ => Ok(()),
    }
}
