//! The slab, the index and the clock by themselves.

use std::collections::HashMap;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher};

use tokio::time::Instant;

use super::super::index::{HashedKey, Index};
use super::super::slab::Slab;
use super::{pool, seconds};
use crate::session::SessionKey;

#[test]
fn places_are_used_again_and_never_move() {
    let mut slab = Slab::new();
    let slots: Vec<_> = (0..1000).map(|entry| slab.insert(entry)).collect();
    for (entry, slot) in slots.iter().enumerate() {
        assert_eq!(slab[*slot], entry);
    }
    for slot in slots.iter().step_by(2) {
        assert!(slab.remove(*slot).is_some());
        assert_eq!(slab.remove(*slot), None);
    }
    assert_eq!(slab.len(), 500);
    let again: Vec<_> = (0..500).map(|entry| slab.insert(10_000 + entry)).collect();
    for (entry, slot) in again.iter().enumerate() {
        assert!(slots.contains(slot));
        assert_eq!(slab[*slot], 10_000 + entry);
    }
    for (entry, slot) in slots.iter().enumerate().skip(1).step_by(2) {
        assert_eq!(slab[*slot], entry);
    }
    assert_eq!(slab.len(), 1000);
    let next = slab.insert(0);
    assert!(!slots.contains(&next));
}

#[tokio::test(start_paused = true)]
async fn the_clock_never_goes_back() {
    let pool = pool(1);
    let (early, late) = (Instant::now(), Instant::now() + seconds(5));
    // Whoever asks for the time first need not get the lock first.
    assert_eq!(pool.locked(|state, _| state.at(late).clock), late);
    assert_eq!(pool.locked(|state, _| state.at(early).clock), late);
}

/// The worst of all hashes.
#[derive(Default)]
struct Constant;

impl Hasher for Constant {
    fn finish(&self) -> u64 {
        7
    }

    fn write(&mut self, _: &[u8]) {}
}

fn check_index(random: &impl BuildHasher, keys: usize) {
    let key = |nth: usize| HashedKey::new(SessionKey::try_from(format!("session-{nth}")).unwrap(), random);
    let (mut index, mut slab, mut expected) = (Index::new(), Slab::new(), HashMap::new());
    for nth in 0..keys {
        let slot = slab.insert(nth);
        index.insert(key(nth), slot);
        expected.insert(nth, slot);
    }
    for nth in (0..keys).filter(|nth| nth % 16 != 0) {
        index.remove(&key(nth));
        expected.remove(&nth);
    }
    for nth in 0..keys + 10 {
        assert_eq!(index.get(&key(nth)), expected.get(&nth).copied(), "{nth}");
    }
}

#[test]
fn every_key_is_found_and_no_other() {
    check_index(&std::hash::RandomState::new(), 50_000);
}

#[test]
fn keys_of_one_hash_are_told_apart() {
    check_index(&BuildHasherDefault::<Constant>::default(), 200);
}
