//! How much of the machine requests may take before they are runs.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::session::{Owner, share};

/// The unit of the budget, in bytes: a semaphore counts to 2^29 at most on small machines.
const UNIT: usize = 1024;

/// How many counts there are of what owners have. Two owners who meet in one are counted as one, which only matters
/// while both have much: nobody can choose it, and a table of names would cost each request more.
const COUNTS: usize = 1024;

/// The bytes that all bodies being read, parsed and answered may have together.
///
/// An owner with a name has three quarters of it at most: whoever takes what he can leaves something to the others. Where
/// a single body may be larger than that, he may have one: it could never be sent otherwise, however often.
pub(super) struct BodyBudget {
    all: Arc<Semaphore>,
    owners: Arc<Owners>,
}

/// What owners have, in units.
struct Owners {
    random: RandomState,
    counts: Box<[AtomicUsize]>,
    most: usize,
}

/// A share of the budget; dropping it gives it back.
pub(super) struct BodyShare {
    permit: Option<OwnedSemaphorePermit>,
    bytes: usize,
    /// Of an owner with a name: his count.
    of_owner: Option<(Arc<Owners>, usize)>,
}

/// Why a share cannot be larger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spent {
    /// All have too much together.
    All,
    /// Its owner has.
    Owner,
}

impl BodyBudget {
    /// A budget of `bytes`, of which one body may have `largest`.
    pub(super) fn new(bytes: usize, largest: usize) -> Self {
        let units = bytes.div_ceil(UNIT).clamp(1, Semaphore::MAX_PERMITS);
        let counts = (0..COUNTS).map(|_| AtomicUsize::new(0)).collect();
        let owners =
            Owners { random: RandomState::new(), counts, most: share(units).max(largest.div_ceil(UNIT)) };
        Self { all: Arc::new(Semaphore::new(units)), owners: Arc::new(owners) }
    }

    /// An empty share of `owner`'s.
    pub(super) fn share(&self, owner: &Owner) -> BodyShare {
        let of_owner = owner.name().map(|name| (self.owners.clone(), self.owners.place(name)));
        BodyShare { permit: None, bytes: 0, of_owner }
    }

    /// Makes `share` at least `bytes` large.
    pub(super) fn grow(&self, share: &mut BodyShare, bytes: usize) -> Result<(), Spent> {
        if bytes <= share.bytes {
            return Ok(());
        }
        let units = (bytes - share.bytes).div_ceil(UNIT);
        let wanted = u32::try_from(units).map_err(|_| Spent::All)?;
        if let Some((owners, place)) = &share.of_owner
            && !owners.add(*place, units)
        {
            return Err(Spent::Owner);
        }
        let Ok(permit) = self.all.clone().try_acquire_many_owned(wanted) else {
            if let Some((owners, place)) = &share.of_owner {
                owners.subtract(*place, units);
            }
            return Err(Spent::All);
        };
        share.bytes += units * UNIT;
        match &mut share.permit {
            Some(held) => held.merge(permit),
            None => share.permit = Some(permit),
        }
        Ok(())
    }
}

impl Owners {
    fn place(&self, name: &str) -> usize {
        usize::try_from(self.random.hash_one(name) % COUNTS as u64).unwrap_or_default()
    }

    fn count(&self, place: usize) -> &AtomicUsize {
        &self.counts[place]
    }

    /// `false` if that were too much.
    fn add(&self, place: usize, units: usize) -> bool {
        let before = self.count(place).fetch_add(units, Ordering::Relaxed);
        let fits = before + units <= self.most;
        if !fits {
            self.subtract(place, units);
        }
        fits
    }

    fn subtract(&self, place: usize, units: usize) {
        self.count(place).fetch_sub(units, Ordering::Relaxed);
    }
}

impl Drop for BodyShare {
    fn drop(&mut self) {
        if let Some((owners, place)) = &self.of_owner {
            owners.subtract(*place, self.bytes / UNIT);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_come_back_when_they_are_dropped() {
        let budget = BodyBudget::new(8 * UNIT, 4 * UNIT);
        let nobody = Owner::anonymous();
        let (mut one, mut other) = (budget.share(&nobody), budget.share(&nobody));
        assert_eq!(budget.grow(&mut one, 5 * UNIT), Ok(()));
        assert_eq!(budget.grow(&mut one, 100), Ok(()), "a share that is large enough does not grow");
        assert_eq!(budget.grow(&mut other, 4 * UNIT), Err(Spent::All), "only three units are left");
        assert_eq!(budget.grow(&mut other, 3 * UNIT), Ok(()));
        drop(one);
        assert_eq!(budget.grow(&mut other, 8 * UNIT), Ok(()));
    }

    #[test]
    fn an_owner_leaves_something_to_the_others() {
        let budget = BodyBudget::new(8 * UNIT, 4 * UNIT);
        let (greedy, modest) = (Owner::named("greedy"), Owner::anonymous());
        let (mut one, mut two) = (budget.share(&greedy), budget.share(&greedy));
        assert_eq!(budget.grow(&mut one, 5 * UNIT), Ok(()));
        assert_eq!(budget.grow(&mut two, 2 * UNIT), Err(Spent::Owner), "six of eight are three quarters");
        assert_eq!(budget.grow(&mut two, UNIT), Ok(()));
        let mut other = budget.share(&modest);
        assert_eq!(budget.grow(&mut other, 2 * UNIT), Ok(()));
        // What was refused is counted nowhere.
        drop(one);
        assert_eq!(budget.grow(&mut two, 7 * UNIT), Err(Spent::Owner));
        assert_eq!(budget.grow(&mut other, 8 * UNIT), Err(Spent::All));
        drop(other);
        assert_eq!(budget.grow(&mut two, 6 * UNIT), Ok(()));
        drop(two);
        let mut again = budget.share(&greedy);
        assert_eq!(budget.grow(&mut again, 6 * UNIT), Ok(()));
    }

    #[test]
    fn a_request_of_the_largest_size_is_read_even_where_it_is_all() {
        for all in [1, 8 * UNIT - 1, 8 * UNIT] {
            let budget = BodyBudget::new(all, all);
            let mut share = budget.share(&Owner::named("one"));
            assert_eq!(budget.grow(&mut share, all), Ok(()), "{all}");
            assert_eq!(budget.grow(&mut budget.share(&Owner::named("one")), 1), Err(Spent::Owner));
        }
    }
}
