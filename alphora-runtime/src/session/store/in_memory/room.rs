//! Room for what a turn commits, at the cost of other sessions if need be.

use std::time::Duration;

use tokio::time::Instant;

use super::entry::Number;
use super::owners::{IdleOrder, Totals};
use super::sessions::Sessions;
use crate::session::store::{StoreError, StoreLimits};

/// When to try again where all sessions are in use.
const RETRY: Duration = Duration::from_secs(5);

/// How much there may be, of all sessions or of one owner's.
#[derive(Debug, Clone, Copy)]
struct Most {
    sessions: u64,
    bytes: u64,
}

impl Most {
    fn of(sessions: Option<u64>, bytes: Option<u64>) -> Self {
        Self { sessions: sessions.unwrap_or(u64::MAX), bytes: bytes.unwrap_or(u64::MAX) }
    }

    /// Whether `kept` and what is added are no more than this.
    fn holds(self, kept: Totals, added: Totals) -> bool {
        kept.sessions.saturating_add(added.sessions) <= self.sessions
            && kept.bytes.saturating_add(added.bytes) <= self.bytes
    }

    /// Whether it would be no more than this without all that can go.
    fn could_hold(self, mut kept: Totals, added: Totals, idle: Totals) -> bool {
        kept.sessions -= idle.sessions;
        kept.bytes -= idle.bytes;
        self.holds(kept, added)
    }
}

/// How many bytes one session of an owner may take: no more than there may be in all.
pub(super) fn session_limit(limits: &StoreLimits, is_owned: bool) -> u64 {
    let owner = limits.owner_bytes.filter(|_| is_owned);
    [limits.bytes, owner].into_iter().flatten().fold(limits.session_bytes, u64::min)
}

impl Sessions {
    /// Makes sure that the session, which is neither counted nor placed at the moment, may be committed with these
    /// bytes. Nothing goes in vain: if all that could go would not be enough, nothing does. A session that no client
    /// has named never takes the place of one that a client has.
    ///
    /// # Errors
    /// [`StoreError::Capacity`].
    pub(super) fn make_room(&mut self, number: Number, bytes: u64, now: Instant) -> Result<(), StoreError> {
        let Some(entry) = self.entries.get(&number) else { return Ok(()) };
        let (owner, named) = (entry.key.owner().clone(), entry.named);
        let all = Most::of(self.limits.sessions, self.limits.bytes);
        let per_owner = match owner.name() {
            Some(_) => Most::of(self.limits.owner_sessions, self.limits.owner_bytes),
            None => Most::of(None, None),
        };
        let added = Totals { sessions: 1, bytes };
        let fits_owner = |sessions: &Self| per_owner.holds(sessions.owner_totals(&owner), added);
        let fits = |sessions: &Self| all.holds(sessions.totals, added);
        if fits_owner(self) && fits(self) {
            return Ok(());
        }
        // What is gone by now is not kept at the cost of what is not.
        self.end_leases(usize::MAX, now);
        self.remove_expired(usize::MAX, now);
        let idle = self.owners.get(&owner).map(|owner| owner.idle.totals(named)).unwrap_or_default();
        if !per_owner.could_hold(self.owner_totals(&owner), added, idle)
            || !all.could_hold(self.totals, added, self.idle.totals(named))
        {
            return Err(StoreError::Capacity { retry_after: RETRY });
        }
        while !fits_owner(self) {
            let first = self.owners.get(&owner).and_then(|owner| owner.idle.first(named));
            self.evict(first)?;
        }
        while !fits(self) {
            let first = IdleOrder::first(&self.idle, named);
            self.evict(first)?;
        }
        Ok(())
    }

    fn owner_totals(&self, owner: &crate::session::Owner) -> Totals {
        self.owners.get(owner).map(|owner| owner.totals).unwrap_or_default()
    }

    fn evict(&mut self, number: Option<Number>) -> Result<(), StoreError> {
        let number = number.ok_or(StoreError::Capacity { retry_after: RETRY })?;
        self.remove(number);
        Ok(())
    }
}
