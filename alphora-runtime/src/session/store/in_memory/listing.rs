//! What is told of sessions without lending them.

use std::ops::Bound;

use tokio::time::Instant;

use super::clock::Clock;
use super::entry::{Entry, Number};
use super::sessions::Sessions;
use crate::session::store::{Page, PageRequest, SessionSummary, StoreStatistics, StoredSession};
use crate::session::{Owner, SessionId, SessionKey};

impl Sessions {
    pub(super) fn read(&mut self, key: &SessionKey, now: Instant) -> Option<StoredSession> {
        let number = self.find(key, now)?;
        let entry = self.entries.get(&number)?;
        let record = entry.record.clone()?;
        Some(StoredSession { summary: entry.summary(&self.clock), record })
    }

    pub(super) fn list(&self, agent: &str, owner: &Owner, page: &PageRequest, now: Instant) -> Page {
        let after = page.after.as_ref().map_or(Bound::Unbounded, Bound::Excluded);
        let sessions = self.owners.get(owner).and_then(|owner| owner.of(agent));
        let range = sessions.into_iter().flat_map(|all| all.range::<SessionId, _>((after, Bound::Unbounded)));
        let mut there = range.filter_map(|(_, number)| self.there(*number, now));
        let sessions =
            there.by_ref().take(page.limit.max(1)).map(|entry| entry.summary(&self.clock)).collect();
        let more = there.next().is_some();
        Page { sessions, more }
    }

    pub(super) fn statistics(&self) -> StoreStatistics {
        StoreStatistics { sessions: self.totals.sessions, bytes: self.totals.bytes }
    }

    fn there(&self, number: Number, now: Instant) -> Option<&Entry> {
        self.entries.get(&number).filter(|entry| !entry.is_gone(now))
    }
}

impl Entry {
    fn summary(&self, clock: &Clock) -> SessionSummary {
        SessionSummary {
            id: self.key.id().clone(),
            version: self.version(),
            bytes: self.bytes(),
            created: clock.on_the_wall(self.created),
            last_used: clock.on_the_wall(self.last_used),
            expires: clock.on_the_wall(self.expires),
        }
    }
}
