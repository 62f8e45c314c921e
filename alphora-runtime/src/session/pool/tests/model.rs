//! A pool that is as slow as it is simple: one map, and a look at all of it for each question.

use std::collections::BTreeMap;

use super::super::{RETRY_WHEN_BUSY, RETRY_WHEN_FULL};
use super::*;
use crate::session::SessionError;

const FULL: SessionError = SessionError::Capacity { retry_after: RETRY_WHEN_FULL };

/// What is stored: the name of its type, its tag, its bytes with the key's.
pub(super) type Stored = (&'static str, u32, usize);

#[derive(Debug, Default, Clone)]
pub(super) struct Session {
    pub(super) stored: Option<Stored>,
    pub(super) named: bool,
    /// The turn that has the session, and those that wait, with the ends of their waits.
    pub(super) turns: Vec<(u32, u64)>,
    removed: bool,
    last_used: u64,
    /// Tells apart what was used at the same time.
    nth_use: u64,
}

#[derive(Debug, Clone)]
pub(super) struct Model {
    pub(super) ttl: u64,
    pub(super) max_items: usize,
    pub(super) max_bytes: usize,
    pub(super) max_session_bytes: usize,
    pub(super) queue: usize,
    pub(super) wait: u64,
    pub(super) now: u64,
    pub(super) uses: u64,
    pub(super) sessions: BTreeMap<u8, Session>,
}

impl Model {
    pub(super) fn bytes(&self) -> usize {
        self.sessions.values().filter_map(|session| session.stored).map(|(_, _, bytes)| bytes).sum()
    }

    fn is_expired(&self, session: &Session) -> bool {
        session.turns.is_empty() && self.now - session.last_used > self.ttl
    }

    /// Idle sessions that may go, the next one first.
    fn victims(&self, evict_named: bool) -> Vec<u8> {
        let mut victims: Vec<_> = self
            .sessions
            .iter()
            .filter(|(_, session)| session.turns.is_empty())
            .filter(|(_, session)| evict_named || !session.named || self.is_expired(session))
            .map(|(id, session)| (!self.is_expired(session), session.named, session.nth_use, *id))
            .collect();
        victims.sort_unstable();
        victims.into_iter().map(|(.., id)| id).collect()
    }

    fn remove_if_expired(&mut self, id: u8) {
        if self.sessions.get(&id).is_some_and(|session| self.is_expired(session)) {
            self.sessions.remove(&id);
        }
    }

    /// What a turn finds that may begin at once; nothing if it has to wait.
    pub(super) fn take(
        &mut self,
        id: u8,
        turn: u32,
        kind: &'static str,
    ) -> Option<Result<Option<Stored>, SessionError>> {
        if let Err(error) = self.enter(id, turn, kind) {
            return Some(Err(error));
        }
        let session = &self.sessions[&id];
        (session.turns.len() == 1).then_some(Ok(session.stored))
    }

    fn enter(&mut self, id: u8, turn: u32, kind: &'static str) -> Result<(), SessionError> {
        self.remove_if_expired(id);
        let Some(session) = self.sessions.get_mut(&id) else {
            if self.sessions.len() >= self.max_items {
                let victim = *self.victims(true).first().ok_or(FULL)?;
                self.sessions.remove(&victim);
            }
            let turns = vec![(turn, 0)];
            self.sessions.insert(id, Session { named: true, turns, ..Session::default() });
            return Ok(());
        };
        check(session.stored, kind)?;
        if session.turns.len() > self.queue {
            return Err(SessionError::Busy { waited: Duration::ZERO, retry_after: RETRY_WHEN_BUSY });
        }
        session.turns.push((turn, self.now + self.wait));
        session.named = true;
        Ok(())
    }

    /// What a waiting turn finds when it looks again; nothing if it has to wait on.
    pub(super) fn look_again(
        &mut self,
        id: u8,
        turn: u32,
        kind: &'static str,
    ) -> Option<Result<Option<Stored>, SessionError>> {
        let session = self.sessions.get_mut(&id)?;
        let until = session.turns.iter().find(|(waiting, _)| *waiting == turn)?.1;
        let found = if session.turns[0].0 == turn {
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
        session.turns.retain(|(other, _)| *other != turn);
        if session.turns.is_empty() {
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
            self.sessions.get_mut(&id).unwrap().stored = Some(stored);
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
        self.make_room(replaced, bytes, true)
    }

    fn make_room(&mut self, replaced: usize, bytes: usize, evict_named: bool) -> Result<(), SessionError> {
        let limit = self.max_session_bytes.min(self.max_bytes);
        if bytes > limit {
            return Err(SessionError::TooLarge { bytes, limit });
        }
        let mut left = self.clone();
        while left.bytes() - replaced + bytes > left.max_bytes {
            let victim = *left.victims(evict_named).first().ok_or(FULL)?;
            // What has expired goes even if that is not enough; what has not only if it is.
            self.remove_if_expired(victim);
            left.sessions.remove(&victim);
        }
        *self = left;
        Ok(())
    }

    pub(super) fn insert_unnamed(&mut self, id: u8, stored: Stored) -> Result<bool, SessionError> {
        self.remove_if_expired(id);
        if self.sessions.contains_key(&id) {
            return Err(SessionError::Taken);
        }
        match self.make_room(0, stored.2, false) {
            Ok(()) => {}
            Err(FULL) => return Ok(false),
            Err(error) => return Err(error),
        }
        if self.sessions.len() >= self.max_items {
            let Some(victim) = self.victims(false).first().copied() else { return Ok(false) };
            self.sessions.remove(&victim);
        }
        self.uses += 1;
        let (last_used, nth_use) = (self.now, self.uses);
        self.sessions.insert(id, Session { stored: Some(stored), last_used, nth_use, ..Session::default() });
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
