//! What each owner has of the sessions, and which of them go first.
//!
//! Owners without a name are nobody in particular: for them only the limits of all sessions hold, and nothing is kept
//! here.

use std::hash::RandomState;

use super::index::{Hashed, Index};
use super::order::{Idle, OWN};
use super::slab::{Slab, Slot};
use crate::session::Owner;

/// The place of an owner, for as long as he has a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct OwnerSlot(Slot);

/// What one owner has.
#[derive(Debug)]
pub(super) struct Owned {
    owner: Hashed<Owner>,
    /// His sessions, in use or not, those that are just being added included.
    pub(super) sessions: usize,
    /// What his stored sessions take together, in use or not.
    pub(super) bytes: usize,
    pub(super) idle: Idle<OWN>,
}

/// The owners who have sessions.
#[derive(Debug)]
pub(super) struct Owners {
    /// Names are no secret, and no client chooses them; but they may come from a file that one has written.
    random: RandomState,
    index: Index<Owner>,
    owned: Slab<Owned>,
}

impl Owners {
    pub(super) fn new() -> Self {
        Self { random: RandomState::new(), index: Index::new(), owned: Slab::new() }
    }

    /// Counts one more session of an owner, if he has a name.
    pub(super) fn enter(&mut self, owner: &Owner) -> Option<OwnerSlot> {
        owner.name()?;
        let owner = Hashed::new(owner.clone(), &self.random);
        let slot = self.index.get(&owner).unwrap_or_else(|| {
            let idle = Idle::default();
            let slot = self.owned.insert(Owned { owner: owner.clone(), sessions: 0, bytes: 0, idle });
            self.index.insert(owner, slot);
            slot
        });
        self.owned[slot].sessions += 1;
        Some(OwnerSlot(slot))
    }

    /// Counts one session less. Without any, the owner is forgotten.
    pub(super) fn leave(&mut self, owner: Option<OwnerSlot>) {
        let Some(OwnerSlot(slot)) = owner else { return };
        self.owned[slot].sessions -= 1;
        if self.owned[slot].sessions == 0
            && let Some(owned) = self.owned.remove(slot)
        {
            self.index.remove(&owned.owner);
        }
    }

    pub(super) fn get(&self, owner: Option<OwnerSlot>) -> Option<&Owned> {
        owner.map(|OwnerSlot(slot)| &self.owned[slot])
    }

    pub(super) fn get_mut(&mut self, owner: Option<OwnerSlot>) -> Option<&mut Owned> {
        owner.map(|OwnerSlot(slot)| &mut self.owned[slot])
    }

    /// How many owners were looked at.
    #[cfg(test)]
    pub(super) fn visits(&self) -> u64 {
        self.owned.visits.get()
    }

    /// What each owner has, by his name.
    #[cfg(test)]
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &Owned)> {
        self.owned.iter().filter_map(|(_, owned)| Some((owned.owner.key().name()?, owned)))
    }
}
