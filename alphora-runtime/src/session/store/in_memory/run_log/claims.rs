//! Which run a key belongs to.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;

use super::super::clock::after;
use crate::session::store::{RunKey, StoreError};

/// When to try again where all claims still have time.
const RETRY: Duration = Duration::from_secs(5);

/// All claims, bounded in number. None is forgotten before its time: what is claimed twice might be done twice.
#[derive(Debug)]
pub(super) struct Claims {
    most: usize,
    /// The last number that was given away.
    last: u64,
    claimed: HashMap<RunKey, Claimed>,
    expiring: BTreeMap<(Instant, u64), RunKey>,
}

#[derive(Debug)]
struct Claimed {
    note: Bytes,
    /// When the claim goes, and its number among those that go at the same time.
    expires: (Instant, u64),
}

impl Claims {
    pub(super) fn new(most: usize) -> Self {
        Self { most, last: 0, claimed: HashMap::new(), expiring: BTreeMap::new() }
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
            None if self.claimed.len() >= self.most => {
                return Err(StoreError::Capacity { retry_after: RETRY });
            }
            None => {}
        }
        self.last += 1;
        let expires = (after(now, time), self.last);
        self.expiring.insert(expires, key.clone());
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
            self.claimed.remove(&key);
        }
    }

    fn remove(&mut self, key: &RunKey) {
        if let Some(claimed) = self.claimed.remove(key) {
            self.expiring.remove(&claimed.expires);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Owner;

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
}
