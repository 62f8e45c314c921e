//! What each owner has of the logs, so that nobody can take all of them.
//!
//! Owners without a name are nobody in particular: for them only the limits of all logs hold, and nothing is kept here.

use std::collections::{BTreeSet, HashMap};

use crate::session::{Owner, share};

/// The owners who have logs, and how much one of them may have.
#[derive(Debug)]
pub(super) struct Owners {
    most_runs: usize,
    most_bytes: usize,
    owned: HashMap<Owner, Owned>,
}

/// What one owner has.
#[derive(Debug, Default)]
struct Owned {
    runs: usize,
    bytes: usize,
    /// The numbers of runs that have ended, in the order of their ends.
    ended: BTreeSet<u64>,
}

impl Owners {
    /// Each may have its share of what there may be of all.
    pub(super) fn new(all_runs: usize, all_bytes: usize) -> Self {
        Self { most_runs: share(all_runs), most_bytes: share(all_bytes), owned: HashMap::new() }
    }

    /// Counts one more run of an owner, if it has a name.
    pub(super) fn enter(&mut self, owner: &Owner) {
        if owner.name().is_some() {
            self.owned.entry(owner.clone()).or_default().runs += 1;
        }
    }

    /// Counts one run less, whose bytes are counted no more, and which had this number if it had ended. Without any, the
    /// owner is forgotten.
    pub(super) fn leave(&mut self, owner: &Owner, number: u64) {
        let Some(has) = self.owned.get_mut(owner) else { return };
        has.runs -= 1;
        has.ended.remove(&number);
        if has.runs == 0 {
            self.owned.remove(owner);
        }
    }

    /// Counts the bytes of a run that has had `before` and has `after`.
    pub(super) fn resize(&mut self, owner: &Owner, before: usize, after: usize) {
        if let Some(has) = self.owned.get_mut(owner) {
            has.bytes = has.bytes - before + after;
        }
    }

    /// Notes that a run has ended, and the number of its end.
    pub(super) fn end(&mut self, owner: &Owner, number: u64) {
        if let Some(has) = self.owned.get_mut(owner) {
            has.ended.insert(number);
        }
    }

    /// Whether the owner may not have one more run.
    pub(super) fn is_full(&self, owner: &Owner) -> bool {
        owner.name().is_some() && self.owned.get(owner).map_or(0, |has| has.runs) >= self.most_runs
    }

    /// How many bytes the owner has beyond its share.
    pub(super) fn excess(&self, owner: &Owner) -> usize {
        self.owned.get(owner).map_or(0, |has| has.bytes.saturating_sub(self.most_bytes))
    }

    /// The number of the owner's run that has ended first, if any has.
    pub(super) fn first_ended(&self, owner: &Owner) -> Option<u64> {
        self.owned.get(owner)?.ended.first().copied()
    }

    /// What the owners have together: runs, bytes, and runs that have ended.
    #[cfg(test)]
    pub(super) fn kept(&self) -> (usize, usize, usize) {
        let owned = || self.owned.values();
        (
            owned().map(|owned| owned.runs).sum(),
            owned().map(|owned| owned.bytes).sum(),
            owned().map(|owned| owned.ended.len()).sum(),
        )
    }
}
