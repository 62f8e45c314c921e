//! All sessions, and the orders in which they stand.
//!
//! A session that a turn has stands among the leases, in the order in which they expire. Every other one stands in
//! the order in which it would go when there is no room, of all sessions and of its owner's, and in the order in
//! which they expire. So whatever is next is in front of some order, and no call looks for it.

use std::collections::{BTreeSet, HashMap};

use tokio::time::Instant;

use super::clock::Clock;
use super::entry::{Entry, Number, Place};
use super::owners::{IdleOrder, OwnerSessions, Totals};
use crate::session::store::StoreLimits;
use crate::session::{Owner, SessionKey};

/// All sessions of a store.
#[derive(Debug)]
pub(super) struct Sessions {
    pub(super) limits: StoreLimits,
    pub(super) clock: Clock,
    /// The last number, and the last fence, that was given away.
    last_number: Number,
    last_fence: u64,
    numbers: HashMap<SessionKey, Number>,
    pub(super) entries: HashMap<Number, Entry>,
    /// Of those that were committed.
    pub(super) totals: Totals,
    pub(super) owners: HashMap<Owner, OwnerSessions>,
    pub(super) idle: IdleOrder,
    pub(super) expiring: BTreeSet<(Instant, Number)>,
    pub(super) leased: BTreeSet<(Instant, Number)>,
}

impl Sessions {
    pub(super) fn new(limits: StoreLimits) -> Self {
        Self {
            limits,
            clock: Clock::new(),
            last_number: 0,
            last_fence: 0,
            numbers: HashMap::new(),
            entries: HashMap::new(),
            totals: Totals::default(),
            owners: HashMap::new(),
            idle: IdleOrder::default(),
            expiring: BTreeSet::new(),
            leased: BTreeSet::new(),
        }
    }

    /// The session of this key. One that is gone is none, and is removed.
    pub(super) fn find(&mut self, key: &SessionKey, now: Instant) -> Option<Number> {
        let number = *self.numbers.get(key)?;
        if self.entries.get(&number)?.is_gone(now) {
            self.remove(number);
            return None;
        }
        Some(number)
    }

    /// Begins a session, which has neither a record nor a place yet.
    pub(super) fn add(&mut self, key: &SessionKey, named: bool, now: Instant) -> Number {
        self.last_number += 1;
        self.numbers.insert(key.clone(), self.last_number);
        self.entries.insert(self.last_number, Entry::new(key.clone(), named, now));
        self.last_number
    }

    /// Removes a session, wherever it stands, and says whether it had been committed.
    pub(super) fn remove(&mut self, number: Number) -> bool {
        self.unplace(number);
        self.uncount(number);
        let Some(entry) = self.entries.remove(&number) else { return false };
        self.numbers.remove(&entry.key);
        entry.record.is_some()
    }

    /// A fence that is higher than all before, of whichever session.
    pub(super) fn next_fence(&mut self) -> u64 {
        self.last_fence += 1;
        self.last_fence
    }

    /// Counts a session's record, all over.
    pub(super) fn count(&mut self, number: Number) {
        let Some(entry) = self.entries.get(&number).filter(|entry| entry.record.is_some()) else { return };
        self.totals.add(entry.bytes());
        self.owners.entry(entry.key.owner().clone()).or_default().insert(entry, number);
    }

    /// Counts a session's record no longer.
    pub(super) fn uncount(&mut self, number: Number) {
        let Some(entry) = self.entries.get(&number).filter(|entry| entry.record.is_some()) else { return };
        self.totals.subtract(entry.bytes());
        if let Some(owner) = self.owners.get_mut(entry.key.owner()) {
            owner.remove(entry);
            if owner.totals.sessions == 0 {
                self.owners.remove(entry.key.owner());
            }
        }
    }

    /// Puts a session where it belongs by now: among those in use, or among those that can go. One that was never
    /// committed and that nobody has is removed.
    pub(super) fn place(&mut self, number: Number, now: Instant) {
        self.unplace(number);
        let Some(entry) = self.entries.get_mut(&number) else { return };
        match entry.holder {
            Some(holder) if holder.until > now => {
                self.leased.insert((holder.until, number));
                entry.place = Some(Place::InUse { until: holder.until });
            }
            _ if entry.record.is_none() => drop(self.remove(number)),
            _ => {
                let Entry { named, last_used, expires, .. } = *entry;
                self.expiring.insert((expires, number));
                self.idle.insert(named, last_used, number, entry.bytes());
                if let Some(owner) = self.owners.get_mut(entry.key.owner()) {
                    owner.idle.insert(named, last_used, number, entry.bytes());
                }
                entry.place = Some(Place::Idle { named, last_used, expires });
            }
        }
    }

    /// Takes a session out of the order in which it stands. Its record must be the one with which it was placed.
    pub(super) fn unplace(&mut self, number: Number) {
        let Some(entry) = self.entries.get_mut(&number) else { return };
        match entry.place.take() {
            Some(Place::InUse { until }) => drop(self.leased.remove(&(until, number))),
            Some(Place::Idle { named, last_used, expires }) => {
                self.expiring.remove(&(expires, number));
                self.idle.remove(named, last_used, number, entry.bytes());
                if let Some(owner) = self.owners.get_mut(entry.key.owner()) {
                    owner.idle.remove(named, last_used, number, entry.bytes());
                }
            }
            None => {}
        }
    }
}
