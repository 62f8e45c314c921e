//! Places for entries that never move, so that a place can stand for its entry.

use std::num::NonZero;
use std::ops::{Index, IndexMut};

/// How many entries are allocated at once. Growing never copies what is there.
const CHUNK: usize = 256;

/// The place of an entry. It is the entry's until the entry is removed.
///
/// It is small, because each session has several: its number from 1, so that no place at all needs no more room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slot(NonZero<u32>);

impl Slot {
    /// How many places there can be.
    pub(super) const MOST: usize = u32::MAX as usize;

    fn new(at: usize) -> Self {
        // Whoever adds entries adds no more than `MOST`.
        let at = u32::try_from(at).ok().and_then(|at| NonZero::<u32>::MIN.checked_add(at));
        Self(at.unwrap_or(NonZero::<u32>::MAX))
    }

    const fn at(self) -> usize {
        self.0.get() as usize - 1
    }
}

/// Entries at places that never move; places that became free are used again.
#[derive(Debug)]
pub(super) struct Slab<T> {
    chunks: Vec<Vec<Place<T>>>,
    /// The free place that is used next; it knows the one after it.
    free: Option<Slot>,
    len: usize,
    /// How many entries were looked at, by which tests see that cost does not grow.
    #[cfg(test)]
    pub(super) visits: std::cell::Cell<u64>,
}

#[derive(Debug)]
enum Place<T> {
    Taken(T),
    Free { next: Option<Slot> },
}

impl<T> Slab<T> {
    pub(super) const fn new() -> Self {
        Self {
            chunks: Vec::new(),
            free: None,
            len: 0,
            #[cfg(test)]
            visits: std::cell::Cell::new(0),
        }
    }

    pub(super) const fn len(&self) -> usize {
        self.len
    }

    /// Gives `entry` a place.
    pub(super) fn insert(&mut self, entry: T) -> Slot {
        if let Some(slot) = self.free {
            let place = self.place_mut(slot);
            if let Place::Free { next } = *place {
                *place = Place::Taken(entry);
                self.free = next;
            }
            self.len += 1;
            return slot;
        }
        // Without a free place, all of them are taken: the next one is the number of entries.
        let slot = Slot::new(self.len);
        if self.len.is_multiple_of(CHUNK) {
            self.chunks.push(Vec::with_capacity(CHUNK));
        }
        if let Some(chunk) = self.chunks.last_mut() {
            chunk.push(Place::Taken(entry));
        }
        self.len += 1;
        slot
    }

    /// Takes the entry away and frees its place.
    pub(super) fn remove(&mut self, slot: Slot) -> Option<T> {
        let next = self.free;
        match std::mem::replace(self.place_mut(slot), Place::Free { next }) {
            Place::Taken(entry) => {
                self.free = Some(slot);
                self.len -= 1;
                Some(entry)
            }
            free @ Place::Free { .. } => {
                *self.place_mut(slot) = free;
                None
            }
        }
    }

    /// The entry of a place that may have been given to another one, or to none.
    pub(super) fn get_mut(&mut self, slot: Slot) -> Option<&mut T> {
        #[cfg(test)]
        self.visits.set(self.visits.get() + 1);
        match self.place_mut(slot) {
            Place::Taken(entry) => Some(entry),
            Place::Free { .. } => None,
        }
    }

    /// All entries with their places.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Slot, &T)> {
        let places = self.chunks.iter().flatten().enumerate();
        places.filter_map(|(at, place)| match place {
            Place::Taken(entry) => Some((Slot::new(at), entry)),
            Place::Free { .. } => None,
        })
    }

    fn place_mut(&mut self, slot: Slot) -> &mut Place<T> {
        let at = slot.at();
        &mut self.chunks[at / CHUNK][at % CHUNK]
    }
}

impl<T> Index<Slot> for Slab<T> {
    type Output = T;

    fn index(&self, slot: Slot) -> &T {
        let at = slot.at();
        #[cfg(test)]
        self.visits.set(self.visits.get() + 1);
        match &self.chunks[at / CHUNK][at % CHUNK] {
            Place::Taken(entry) => entry,
            Place::Free { .. } => unreachable!("a slot was kept after its entry was removed"),
        }
    }
}

impl<T> IndexMut<Slot> for Slab<T> {
    fn index_mut(&mut self, slot: Slot) -> &mut T {
        #[cfg(test)]
        self.visits.set(self.visits.get() + 1);
        match self.place_mut(slot) {
            Place::Taken(entry) => entry,
            Place::Free { .. } => unreachable!("a slot was kept after its entry was removed"),
        }
    }
}
