//! From a key to its place, without ever moving all keys at once.

use std::collections::HashMap;
use std::hash::{BuildHasher, BuildHasherDefault, Hash, Hasher};

use super::slab::Slot;
use crate::session::SessionKey;

/// How many maps share the keys. A map that grows moves only its own: with a million sessions, four thousand.
const PARTS: usize = 256;

/// A key with its hash, which is computed once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hashed<K> {
    hash: u64,
    key: K,
}

/// A session's key, with a hash that is computed outside the lock.
pub(super) type HashedKey = Hashed<SessionKey>;

impl<K: Hash> Hashed<K> {
    /// `random` must be the same for all keys of an index, and unknown to clients.
    pub(super) fn new(key: K, random: &impl BuildHasher) -> Self {
        Self { hash: random.hash_one(&key), key }
    }
}

impl<K> Hashed<K> {
    pub(super) fn key(&self) -> &K {
        &self.key
    }

    /// Bits that a map of the standard library does not look at itself: it uses the lowest and the highest.
    fn part(&self) -> usize {
        (self.hash >> 40) as usize % PARTS
    }
}

impl From<HashedKey> for SessionKey {
    fn from(hashed: HashedKey) -> Self {
        hashed.key
    }
}

impl<K> Hash for Hashed<K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

/// Passes a hash on that has been computed already.
#[derive(Debug, Default, Clone, Copy)]
struct Computed(u64);

impl Hasher for Computed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    /// Not called: a [`Hashed`] writes one `u64`. Any other type would still be found.
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }
}

type Part<K> = HashMap<Hashed<K>, Slot, BuildHasherDefault<Computed>>;

/// The place of each key.
#[derive(Debug)]
pub(super) struct Index<K> {
    parts: Box<[Part<K>]>,
}

impl<K: Eq> Index<K> {
    pub(super) fn new() -> Self {
        Self { parts: (0..PARTS).map(|_| Part::<K>::default()).collect() }
    }

    pub(super) fn get(&self, key: &Hashed<K>) -> Option<Slot> {
        self.parts[key.part()].get(key).copied()
    }

    pub(super) fn insert(&mut self, key: Hashed<K>, slot: Slot) {
        self.parts[key.part()].insert(key, slot);
    }

    pub(super) fn remove(&mut self, key: &Hashed<K>) {
        let part = &mut self.parts[key.part()];
        part.remove(key);
        // What a peak has allocated is given back, once seven eighths of it are empty.
        if part.capacity() > 64 && part.len() * 8 < part.capacity() {
            part.shrink_to(part.len() * 2);
        }
    }
}
