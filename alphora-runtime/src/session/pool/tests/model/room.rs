//! Who makes room in the simple pool.

use super::*;

impl Model {
    pub(in super::super) fn bytes(&self) -> usize {
        self.bytes_of(|_| true)
    }

    fn bytes_of(&self, counts: impl Fn(u8) -> bool) -> usize {
        let sessions = self.sessions.iter().filter(|(id, _)| counts(**id));
        sessions.filter_map(|(_, session)| session.stored).map(|(_, _, bytes)| bytes).sum()
    }

    /// The sessions of an owner, and their bytes.
    pub(in super::super) fn owned(&self, by: &Owner) -> (usize, usize) {
        let sessions = self.sessions.keys().filter(|id| owner(**id) == *by).count();
        (sessions, self.bytes_of(|id| owner(id) == *by))
    }

    /// Idle sessions that may go, the next one first; only those of one owner, if he has to make room himself.
    fn victims(&self, evict_named: bool, own: Option<&Owner>) -> Vec<u8> {
        let mut victims: Vec<_> = self
            .sessions
            .iter()
            .filter(|(id, session)| session.turns.is_empty() && own.is_none_or(|own| owner(**id) == *own))
            .filter(|(_, session)| evict_named || !session.named || self.is_expired(session))
            .map(|(id, session)| (!self.is_expired(session), session.named, session.nth_use, *id))
            .collect();
        victims.sort_unstable();
        victims.into_iter().map(|(.., id)| id).collect()
    }

    /// Removes what has expired, as long as it stands in the way: even if that is not enough.
    pub(super) fn expire(&mut self, id: u8, replaced: usize, bytes: usize) -> Result<(), SessionError> {
        let by = owner(id);
        let mut limit = self.max_session_bytes.min(self.max_bytes);
        if by.name().is_some() {
            limit = limit.min(self.max_owner_bytes);
        }
        if bytes > limit {
            return Err(SessionError::TooLarge { bytes, limit });
        }
        for own in [None, Some(&by)] {
            while self.is_over(own, replaced, bytes)
                && let Some(victim) = self.victims(false, own).first()
                && self.is_expired(&self.sessions[victim])
            {
                let victim = *victim;
                self.sessions.remove(&victim);
            }
        }
        Ok(())
    }

    fn is_over(&self, own: Option<&Owner>, replaced: usize, bytes: usize) -> bool {
        match own {
            None => self.bytes() - replaced + bytes > self.max_bytes,
            Some(by) if by.name().is_none() => false,
            Some(by) => self.owned(by).1 - replaced + bytes > self.max_owner_bytes,
        }
    }

    pub(super) fn make_room_for_bytes(
        &mut self,
        id: u8,
        replaced: usize,
        bytes: usize,
        evict_named: bool,
    ) -> Result<(), SessionError> {
        for own in [Some(&owner(id)), None] {
            while self.is_over(own, replaced, bytes) {
                let victim = *self.victims(evict_named, own).first().ok_or(FULL)?;
                self.sessions.remove(&victim);
            }
        }
        Ok(())
    }

    pub(super) fn make_room_for_one(&mut self, id: u8, evict_named: bool) -> Result<(), SessionError> {
        let by = owner(id);
        let mut left = self.clone();
        if by.name().is_some() && left.owned(&by).0 >= left.max_owner_items {
            let victim = *left.victims(evict_named, Some(&by)).first().ok_or(FULL)?;
            left.sessions.remove(&victim);
        }
        if left.sessions.len() >= left.max_items {
            let victim = *left.victims(evict_named, None).first().ok_or(FULL)?;
            left.sessions.remove(&victim);
        }
        *self = left;
        Ok(())
    }
}
