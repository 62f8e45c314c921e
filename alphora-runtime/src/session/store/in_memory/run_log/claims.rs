//! Which run a key belongs to.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;

use super::super::clock::after;
use crate::session::store::{RunKey, StoreError};
use crate::session::{Owner, share};

/// When to try again where all claims, or all of an owner, still have time.
const RETRY: Duration = Duration::from_secs(5);

/// All claims, bounded in number, together and of each owner. None is forgotten before its time: what is claimed twice
/// might be done twice.
#[derive(Debug)]
pub(super) struct Claims {
    most: usize,
    /// How many one owner with a name may have, so that nobody can take all of them.
    most_of_owner: usize,
    /// The last number that was given away.
    last: u64,
    claimed: HashMap<RunKey, Claimed>,
    expiring: BTreeMap<(Instant, u64), RunKey>,
    /// How many each owner has that has a name, and any.
    owners: HashMap<Owner, usize>,
}

#[derive(Debug)]
struct Claimed {
    note: Bytes,
    /// When the claim goes, and its number among those that go at the same time.
    expires: (Instant, u64),
}

impl Claims {
    pub(super) fn new(most: usize) -> Self {
        Self {
            most,
            most_of_owner: share(most),
            last: 0,
            claimed: HashMap::new(),
            expiring: BTreeMap::new(),
            owners: HashMap::new(),
        }
    }

    /// The note of somebody else's claim, if there is one.
    pub(super) fn claim(
        &mut self,
        key: &RunKey,
        note: &Bytes,
        time: Duration,
        now: Instant,
    ) -> Result<Option<Bytes>, StoreError> {
        match self.claimed.get(key) {
            Some(other) if other.note != *note => return Ok(Some(other.note.clone())),
            Some(_) => self.remove(key),
            None if self.claimed.len() >= self.most || self.is_full(&key.owner) => {
                return Err(StoreError::Capacity { retry_after: RETRY });
            }
            None => {}
        }
        self.last += 1;
        let expires = (after(now, time), self.last);
        self.expiring.insert(expires, key.clone());
        if key.owner.name().is_some() {
            *self.owners.entry(key.owner.clone()).or_default() += 1;
        }
        // A copy of its own: the note may be a piece of something larger.
        self.claimed.insert(key.clone(), Claimed { note: Bytes::copy_from_slice(note), expires });
        Ok(None)
    }

    pub(super) fn disclaim(&mut self, key: &RunKey, note: &Bytes) {
        if self.claimed.get(key).is_some_and(|claimed| claimed.note == *note) {
            self.remove(key);
        }
    }

    /// Removes all claims whose time is over.
    pub(super) fn remove_expired(&mut self, now: Instant) {
        while let Some(first) = self.expiring.first_entry()
            && first.key().0 <= now
        {
            let key = first.remove();
            if self.claimed.remove(&key).is_some() {
                self.leave(&key.owner);
            }
        }
    }

    fn remove(&mut self, key: &RunKey) {
        if let Some(claimed) = self.claimed.remove(key) {
            self.expiring.remove(&claimed.expires);
            self.leave(&key.owner);
        }
    }

    /// Whether the owner may have no further claim.
    fn is_full(&self, owner: &Owner) -> bool {
        owner.name().is_some() && self.owners.get(owner).copied().unwrap_or_default() >= self.most_of_owner
    }

    /// Counts one claim less. Without any, the owner is forgotten.
    fn leave(&mut self, owner: &Owner) {
        let Some(count) = self.owners.get_mut(owner) else { return };
        *count -= 1;
        if *count == 0 {
            self.owners.remove(owner);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(run: u128) -> RunKey {
        RunKey { agent: "agent".into(), owner: Owner::anonymous(), run }
    }

    #[test]
    fn no_claim_goes_before_its_time_and_each_goes_with_it() {
        let (now, time) = (Instant::now(), Duration::from_secs(10));
        let note = Bytes::from_static(b"note");
        let mut claims = Claims::new(2);
        assert_eq!(claims.claim(&key(1), &note, time, now), Ok(None));
        assert_eq!(claims.claim(&key(2), &note, time * 2, now), Ok(None));
        assert_eq!(claims.claim(&key(3), &note, time, now), Err(StoreError::Capacity { retry_after: RETRY }));
        assert_eq!(claims.claim(&key(1), &note, time * 3, now), Ok(None), "its own is no new one");
        claims.remove_expired(now + time * 2);
        assert_eq!((claims.claimed.len(), claims.expiring.len()), (1, 1));
        let other = Bytes::from_static(b"other");
        assert_eq!(claims.claim(&key(1), &other, time, now), Ok(Some(note.clone())));
        claims.disclaim(&key(1), &other);
        claims.disclaim(&key(1), &note);
        assert_eq!((claims.claimed.len(), claims.expiring.len()), (0, 0));
    }

    #[test]
    fn an_owner_with_a_name_leaves_a_quarter_to_others() {
        let (now, time) = (Instant::now(), Duration::from_secs(10));
        let note = Bytes::from_static(b"note");
        let of = |name: &'static str, run| RunKey { owner: Owner::named(name), ..key(run) };
        let full = Err(StoreError::Capacity { retry_after: RETRY });
        let mut claims = Claims::new(8);
        for run in 0..6 {
            assert_eq!(claims.claim(&of("ann", run), &note, time, now), Ok(None));
        }
        assert_eq!(claims.claim(&of("ann", 6), &note, time, now), full);
        assert_eq!(claims.claim(&of("ann", 1), &note, time, now), Ok(None), "its own is no new one");
        assert_eq!(claims.claim(&of("bob", 6), &note, time, now), Ok(None));
        claims.disclaim(&of("ann", 0), &note);
        assert_eq!(claims.claim(&of("ann", 6), &note, time * 2, now), Ok(None));
        assert_eq!(claims.claim(&of("ann", 0), &note, time, now), full);
        claims.remove_expired(now + time);
        assert_eq!((claims.owners.len(), claims.owners[&Owner::named("ann")]), (1, 1));
        // Who has no name is nobody in particular, and may be everybody.
        for run in 0..7 {
            assert_eq!(claims.claim(&key(run), &note, time, now), Ok(None));
        }
        claims.remove_expired(now + time * 2);
        assert_eq!((claims.owners.len(), claims.claimed.len(), claims.expiring.len()), (0, 0, 0));
    }
}
