//! What turns do with sessions.

use tokio::time::Instant;

use super::clock::after;
use super::entry::{Entry, Holder, Number};
use super::room::session_limit;
use super::sessions::Sessions;
use crate::session::SessionKey;
use crate::session::store::{
    Begun, Change, Claim, Commit, Committed, Content, Preemption, Record, StoreError, StoreLease,
};

impl Sessions {
    pub(super) fn begin(&mut self, key: &SessionKey, claim: &Claim, now: Instant) -> Begun {
        let found = self.find(key, now);
        if let Some(entry) = found.and_then(|number| self.entries.get(&number)) {
            if entry.committed == Some(claim.turn) {
                return Begun::Replayed { version: entry.version() };
            }
            if let Some(holder) =
                entry.holder.filter(|holder| holder.until > now && holder.turn != claim.turn)
            {
                return Begun::Busy { remaining: holder.until.saturating_duration_since(now) };
            }
        }
        let number = found.unwrap_or_else(|| self.add(key, claim.named, now));
        let fence = self.next_fence();
        self.unplace(number);
        let (version, content) = match self.entries.get_mut(&number) {
            Some(entry) => entry.lend(claim, fence, now),
            None => (0, Content::New),
        };
        self.place(number, now);
        let lease = StoreLease { turn: claim.turn, fence, version, duration: claim.lease };
        Begun::Granted { lease, content }
    }

    pub(super) fn renew(
        &mut self,
        key: &SessionKey,
        lease: &StoreLease,
        now: Instant,
    ) -> Result<Option<Preemption>, StoreError> {
        let (number, entry) = self.held(key, lease, now)?;
        let mut preemption = None;
        if let Some(holder) = &mut entry.holder {
            holder.until = after(now, lease.duration);
            preemption = holder.preemption;
        }
        self.place(number, now);
        Ok(preemption)
    }

    pub(super) fn commit(
        &mut self,
        key: &SessionKey,
        lease: &StoreLease,
        commit: &Commit,
        now: Instant,
    ) -> Result<Committed, StoreError> {
        if let Some(number) = self.find(key, now)
            && let Some(entry) = self.entries.get(&number)
            && entry.committed == Some(lease.turn)
        {
            return Ok(Committed { version: entry.version(), replayed: true });
        }
        let limits = self.limits;
        let (number, entry) = self.held(key, lease, now)?;
        if entry.record.is_none() && matches!(commit.change, Change::Touch) {
            self.remove(number);
            return Ok(Committed { version: 0, replayed: false });
        }
        let bytes = entry.bytes_after(&commit.change)?;
        let limit = session_limit(&limits, key.owner().name().is_some());
        if bytes > limit {
            return Err(StoreError::TooLarge { bytes, limit });
        }
        // While it stands nowhere and counts for nothing, it cannot be what goes to make room for itself.
        self.unplace(number);
        self.uncount(number);
        let room = self.make_room(number, bytes, now);
        if room.is_ok()
            && let Some(entry) = self.entries.get_mut(&number)
        {
            entry.change(lease, commit, now);
        }
        self.count(number);
        self.place(number, now);
        room?;
        Ok(Committed { version: self.entries.get(&number).map_or(0, Entry::version), replayed: false })
    }

    pub(super) fn release(&mut self, key: &SessionKey, lease: &StoreLease, now: Instant) {
        if let Ok((number, entry)) = self.held(key, lease, now) {
            entry.holder = None;
            self.place(number, now);
        }
    }

    pub(super) fn preempt(&mut self, key: &SessionKey, preemption: Preemption, now: Instant) {
        if let Some(number) = self.find(key, now)
            && let Some(entry) = self.entries.get_mut(&number)
            && let Some(holder) = &mut entry.holder
        {
            holder.preemption = Some(preemption);
        }
    }

    pub(super) fn delete(&mut self, key: &SessionKey, now: Instant) -> bool {
        self.find(key, now).is_some_and(|number| self.remove(number))
    }

    /// The session that this lease can commit.
    fn held(
        &mut self,
        key: &SessionKey,
        lease: &StoreLease,
        now: Instant,
    ) -> Result<(Number, &mut Entry), StoreError> {
        let number = self.find(key, now).ok_or(StoreError::Removed)?;
        match self.entries.get_mut(&number) {
            Some(entry) if entry.is_held_by(lease) => Ok((number, entry)),
            _ => Err(StoreError::Fenced),
        }
    }
}

impl Entry {
    /// Lends the session, which nobody has, or this very turn.
    fn lend(&mut self, claim: &Claim, fence: u64, now: Instant) -> (u64, Content) {
        // A turn that asks again because the answer was lost has not heard yet that it is to end.
        let preemption =
            self.holder.filter(|holder| holder.turn == claim.turn).and_then(|holder| holder.preemption);
        self.holder = Some(Holder { turn: claim.turn, fence, until: after(now, claim.lease), preemption });
        self.named |= claim.named;
        self.last_used = now;
        self.expires = after(now, claim.ttl);
        let content = match &self.record {
            None => Content::New,
            Some(record) if claim.known == Some(record.stamp) => Content::Known,
            Some(record) => Content::Stored(record.clone()),
        };
        (self.version(), content)
    }

    /// How many bytes the record would have.
    fn bytes_after(&self, change: &Change) -> Result<u64, StoreError> {
        let bytes = change.bytes() as u64;
        match (change, &self.record) {
            (Change::Replace { .. }, _) => Ok(bytes),
            (_, Some(record)) => Ok(record.bytes() + bytes),
            (_, None) => {
                let reason = "a piece was to be appended to a session that has no snapshot".to_owned();
                Err(StoreError::Corrupt { reason })
            }
        }
    }

    /// Makes a turn's change, and ends its lease.
    fn change(&mut self, lease: &StoreLease, commit: &Commit, now: Instant) {
        if self.record.is_none() {
            self.created = now;
        }
        let (version, stamp) = (self.version() + 1, lease.fence);
        match (&commit.change, &mut self.record) {
            (Change::Replace { format, snapshot }, record) => {
                let (format, snapshot) = (*format, snapshot.clone());
                *record = Some(Record { version, stamp, format, snapshot, pieces: Vec::new() });
            }
            (change, Some(record)) => {
                (record.version, record.stamp) = (version, stamp);
                if let Change::Append { piece } = change {
                    record.pieces.push(piece.clone());
                }
            }
            (_, None) => {}
        }
        self.committed = Some(lease.turn);
        self.holder = None;
        self.last_used = now;
        self.expires = after(now, commit.ttl);
    }
}
