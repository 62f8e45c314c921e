//! What goes because its time is over, or because there is too much.

use std::ops::Bound;

use redb::ReadableTable;

use super::header::Filed;
use super::key::{self, Key};
use super::tables::{self, EVERYBODY};
use super::work::{Stop, Work};

/// How many owners one transaction looks at.
const OWNERS: usize = 500;

/// How many sessions in use one transaction passes over.
const MOST_LENT: usize = 10_000;

/// What one transaction of a sweep has done.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Swept {
    pub(super) removed: u64,
    /// Whether there may be more to do at once.
    pub(super) more: bool,
}

impl Work<'_> {
    /// Looks at as many sessions as `budget` says.
    pub(super) fn sweep(&mut self, mut budget: usize) -> Result<Swept, Stop> {
        self.live.prune(self.now);
        let mut removed = self.sweep_expired(&mut budget)?;
        removed += self.evict(EVERYBODY, &mut budget)?;
        self.look_at_owners()?;
        // An owner stays on the list until it is seen to be within its limits.
        let mut crowded: Vec<_> = self.ledger.crowd.owners.iter().take(OWNERS).cloned().collect();
        while budget > 0
            && let Some(owner) = crowded.pop()
        {
            removed += self.evict(&tables::scope_of(&owner), &mut budget)?;
            if !self.is_over(self.owner_totals(&owner)?) {
                self.ledger.crowd.owners.remove(&owner);
            }
        }
        let more = budget == 0 || !self.ledger.crowd.is_complete;
        Ok(Swept { removed, more })
    }

    /// Removes the sessions whose time is over. One that is in use stays where it is filed, so that the first sweep
    /// after its use, or in the next process, finds it.
    fn sweep_expired(&mut self, budget: &mut usize) -> Result<u64, Stop> {
        let due = (self.now.wall + 1).to_be_bytes();
        let mut from = Bound::Unbounded;
        let (mut removed, mut lent) = (0, 0);
        while *budget > 0 && lent < MOST_LENT {
            let range = (from.as_ref().map(Vec::as_slice), Bound::Excluded(due.as_slice()));
            let Some(filed) = self.tables.expiries.range::<&[u8]>(range)?.next() else { break };
            let filed = filed?.0.value().to_vec();
            let key: Key = tables::expiring(&filed).into();
            let Some(header) = self.header(&key)? else {
                self.tables.expiries.remove(&*filed)?;
                continue;
            };
            let entry = self.live.get(&key);
            let expires = header.expires(&entry, self.ledger.fences.first);
            if expires > self.now.wall {
                // It was used since it was filed.
                self.refile(&key, &header, Filed { expires, ..header.filed })?;
                *budget -= 1;
            } else if entry.lent(self.now).is_some() {
                from = Bound::Excluded(filed);
                lent += 1;
            } else {
                self.remove(&key, &header)?;
                removed += 1;
                *budget -= 1;
            }
        }
        Ok(removed)
    }

    /// Removes the first sessions of a scope that are not in use, as long as it has too much.
    fn evict(&mut self, scope: &[u8], budget: &mut usize) -> Result<u64, Stop> {
        let end = key::behind(scope.to_vec());
        let mut from = Bound::Included(scope.to_vec());
        let (mut removed, mut lent) = (0, 0);
        while *budget > 0 && lent < MOST_LENT && self.is_crowded(scope)? {
            let range = (from.as_ref().map(Vec::as_slice), Bound::Excluded(&*end));
            let Some(filed) = self.tables.uses.range::<&[u8]>(range)?.next() else { break };
            let filed = filed?.0.value().to_vec();
            let key: Key = tables::used(&filed, scope).into();
            let Some(header) = self.header(&key)? else {
                self.tables.uses.remove(&*filed)?;
                continue;
            };
            let entry = self.live.get(&key);
            let belongs = Filed { named: header.named, last_used: header.last_used(&entry), ..header.filed };
            if belongs != header.filed {
                self.refile(&key, &header, belongs)?;
                *budget -= 1;
            } else if entry.lent(self.now).is_some() {
                from = Bound::Excluded(filed);
                lent += 1;
            } else {
                self.remove(&key, &header)?;
                removed += 1;
                *budget -= 1;
            }
        }
        Ok(removed)
    }

    fn is_crowded(&self, scope: &[u8]) -> Result<bool, Stop> {
        if scope != EVERYBODY {
            return Ok(self.is_over(self.owner_totals(&scope[1..])?));
        }
        let limits = &self.ledger.limits;
        Ok(limits.sessions.is_some_and(|most| self.sessions > most)
            || limits.bytes.is_some_and(|most| self.bytes > most))
    }

    /// Goes on with the first look at all owners, who may have had other limits before.
    fn look_at_owners(&mut self) -> Result<(), Stop> {
        let limits = &self.ledger.limits;
        if self.ledger.crowd.is_complete || (limits.owner_sessions, limits.owner_bytes) == (None, None) {
            self.ledger.crowd.is_complete = true;
            return Ok(());
        }
        let after = std::mem::take(&mut self.ledger.crowd.looked_up_to);
        let range = (Bound::Excluded(&*after), Bound::Unbounded);
        let mut last = None;
        let mut crowded = Vec::new();
        let mut looked = 0;
        for owner in self.tables.owners.range::<&[u8]>(range)?.take(OWNERS) {
            let (owner, totals) = owner?;
            looked += 1;
            if self.is_over(totals.value()) {
                crowded.push(owner.value().to_vec());
            }
            last = Some(owner.value().to_vec());
        }
        self.ledger.crowd.owners.extend(crowded);
        self.ledger.crowd.looked_up_to = last.unwrap_or(after);
        self.ledger.crowd.is_complete = looked < OWNERS;
        Ok(())
    }
}
