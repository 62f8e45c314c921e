//! What can be asked of a pool, and of what size one can be.

use proptest::prelude::*;

use super::model::Model;
use crate::session::Concurrency;

#[derive(Debug, Clone)]
pub(super) enum Step {
    /// Ask for a session, as one of two types of memory; for a turn that ends others and can be ended, or for a
    /// program's own.
    Take {
        id: u8,
        other: bool,
        concurrency: Option<Concurrency>,
    },
    /// Let all turns that wait look whether they have been granted.
    Poll,
    /// End one of the running turns well.
    Commit {
        nth: usize,
        bytes: usize,
    },
    /// End one of the running turns badly.
    Drop {
        nth: usize,
    },
    /// Let the client of one of the waiting turns go away.
    GiveUp {
        nth: usize,
    },
    InsertUnnamed {
        id: u8,
        bytes: usize,
    },
    Remove {
        id: u8,
    },
    /// Ask for a page of the sessions of the owner of `id`.
    List {
        id: u8,
        after: Option<u8>,
        limit: usize,
    },
    Read {
        id: u8,
    },
    Advance {
        millis: u64,
    },
    Sweep,
}

pub(super) fn step() -> impl Strategy<Value = Step> {
    let id = 0..10_u8;
    let bytes = prop_oneof![8 => 0..80_usize, 1 => 80..200_usize];
    let concurrency = prop_oneof![
        2 => Just(None),
        3 => Just(Some(Concurrency::Enqueue)),
        2 => prop::sample::select(&Concurrency::ALL[..]).prop_map(Some),
    ];
    let millis = prop_oneof![4 => 0..10_u64, 1 => 45..55_u64, 1 => 95..105_u64];
    prop_oneof![
        8 => (id.clone(), prop::bool::weighted(0.1), concurrency)
            .prop_map(|(id, other, concurrency)| Step::Take { id, other, concurrency }),
        3 => Just(Step::Poll),
        5 => (any::<usize>(), bytes.clone()).prop_map(|(nth, bytes)| Step::Commit { nth, bytes }),
        2 => any::<usize>().prop_map(|nth| Step::Drop { nth }),
        1 => any::<usize>().prop_map(|nth| Step::GiveUp { nth }),
        2 => (id.clone(), bytes).prop_map(|(id, bytes)| Step::InsertUnnamed { id, bytes }),
        1 => id.clone().prop_map(|id| Step::Remove { id }),
        2 => (id.clone(), prop::option::of(id.clone()), 1..4_usize)
            .prop_map(|(id, after, limit)| Step::List { id, after, limit }),
        1 => id.prop_map(|id| Step::Read { id }),
        3 => millis.prop_map(|millis| Step::Advance { millis }),
        1 => Just(Step::Sweep),
    ]
}

pub(super) fn model() -> impl Strategy<Value = Model> {
    let limits = (1..8_usize, 60..400_usize, 20..120_usize, 0..4_usize);
    let of_owner =
        (prop_oneof![3 => 0..4_usize, 1 => Just(10)], prop_oneof![3 => 40..200_usize, 1 => Just(1000)]);
    (limits, of_owner).prop_map(|((items, bytes, session_bytes, queue), (owner_items, owner_bytes))| Model {
        ttl: 100,
        max_items: items,
        max_bytes: bytes,
        max_session_bytes: session_bytes,
        max_owner_items: owner_items,
        max_owner_bytes: owner_bytes,
        queue,
        wait: 50,
        now: 0,
        uses: 0,
        sessions: std::collections::BTreeMap::new(),
        superseded: Vec::new(),
        preempted: Vec::new(),
    })
}
