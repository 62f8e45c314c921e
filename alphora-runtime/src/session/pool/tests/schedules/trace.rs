//! What the tasks did, in the order in which they had the pool's lock, and whether it is what the simple pool does.

use std::any::type_name;
use std::sync::Mutex;

use super::*;
use crate::session::pool::RETRY_WHEN_BUSY;
use crate::session::pool::tests::model::{Stored, key, owner};
use crate::session::{Concurrency, Owner, SessionError, SessionId};
use crate::sync::Section;

/// What a turn finds.
pub(super) type Found = Result<Option<Stored>, SessionError>;

/// What one hold of the lock was for, and what came of it.
#[derive(Debug)]
pub(super) enum Event {
    /// A turn was asked for; it found nothing if it has to wait.
    Ask(Option<Concurrency>, Option<Found>),
    /// A turn that waited was granted, or its time was up.
    LookAgain(Found),
    /// A turn that waited or ran ended without a commit.
    Leave,
    Commit(Stored, Result<(), SessionError>),
    InsertUnnamed(Stored, Result<bool, SessionError>),
    Remove(bool),
    Sweep(usize),
    /// The sessions of an owner, and how often each was committed.
    List(Vec<(SessionId, u64)>),
    /// How many sessions there were.
    Size(usize),
}

#[derive(Debug)]
struct Step {
    section: Section,
    id: u8,
    turn: u32,
    event: Event,
}

#[derive(Debug, Default)]
pub(super) struct Trace(Mutex<Vec<Step>>);

const BLOB: fn() -> &'static str = type_name::<Blob>;

impl Trace {
    pub(super) fn note(&self, section: Section, id: u8, turn: u32, event: Event) {
        self.0.lock().unwrap().push(Step { section, id, turn, event });
    }

    /// Lets the simple pool do the same, and compares each answer and what is left.
    pub(super) fn check(&self, pool: &MemoryPool, mut model: Model, begun: Instant, preempted: &Preempted) {
        let mut steps = std::mem::take(&mut *self.0.lock().unwrap());
        steps.sort_by_key(|step| step.section.order);
        for step in &steps {
            let now = u64::try_from((step.section.asked - begun).as_millis()).unwrap();
            model.now = model.now.max(now);
            apply(&mut model, step);
            assert!(model.sessions.len() <= model.max_items && model.bytes() <= model.max_bytes);
            let (sessions, bytes) = model.owned(&owner(step.id));
            let is_named = owner(step.id).name().is_some();
            assert!(!is_named || (sessions <= model.max_owner_items && bytes <= model.max_owner_bytes));
        }
        compare(pool, &model);
        // They are told outside the lock, and so in any order.
        let mut told = preempted.all();
        told.sort_unstable();
        model.preempted.sort_unstable();
        assert_eq!(told, model.preempted);
    }
}

fn apply(model: &mut Model, step: &Step) {
    let Step { id, turn, event, .. } = step;
    let (id, turn) = (*id, *turn);
    match event {
        Event::Ask(concurrency, answer) => {
            assert_eq!(*answer, model.take(id, turn, BLOB(), *concurrency), "{step:?}");
        }
        Event::LookAgain(found) => {
            // A turn whose time is up leaves in a step of its own.
            let before = model.clone();
            let waited = Duration::from_millis(model.wait);
            let busy = SessionError::Busy { waited, retry_after: RETRY_WHEN_BUSY };
            let expected = model.look_again(id, turn, BLOB()).unwrap_or(Err(busy));
            assert_eq!(*found, expected, "{step:?}");
            if found.is_err() {
                *model = before;
            }
        }
        Event::Leave => model.leave(id, turn),
        Event::Commit(stored, result) => assert_eq!(*result, model.commit(id, turn, *stored), "{step:?}"),
        Event::InsertUnnamed(stored, result) => {
            assert_eq!(*result, model.insert_unnamed(id, *stored), "{step:?}");
        }
        Event::Remove(removed) => assert_eq!(*removed, model.remove(id), "{step:?}"),
        Event::Sweep(removed) => assert_eq!(*removed, model.sweep(), "{step:?}"),
        Event::List(listed) => {
            let expected = model.list(&owner(id), None, 11);
            let expected = expected.iter().map(|id| (key(*id).id().clone(), model.sessions[id].commits));
            assert_eq!(*listed, expected.collect::<Vec<_>>(), "{step:?}");
        }
        Event::Size(size) => assert_eq!(*size, model.sessions.len(), "{step:?}"),
    }
}

/// Compares what is left when all tasks have ended.
fn compare(pool: &MemoryPool, model: &Model) {
    assert_eq!((pool.size(), pool.bytes()), (model.sessions.len(), model.bytes()));
    pool.locked(|state, _| {
        let listed = [&state.idle.named, &state.idle.unnamed].map(|order| {
            let slots = order.slots(&state.entries);
            let bytes: usize = slots.iter().map(|slot| state.entries[*slot].bytes()).sum();
            assert_eq!(bytes, order.bytes());
            slots.len()
        });
        assert_eq!(listed.iter().sum::<usize>(), state.entries.len(), "no session is in use any more");
        assert_eq!(state.directory.as_ref().unwrap().len(), state.entries.len());
        for (name, owned) in state.owners.iter() {
            let slots =
                [&owned.idle.named, &owned.idle.unnamed].map(|order| order.slots(&state.entries)).concat();
            let bytes: usize = slots.iter().map(|slot| state.entries[*slot].bytes()).sum();
            assert_eq!((slots.len(), bytes), (owned.sessions, owned.bytes));
            assert_eq!((owned.sessions, owned.bytes), model.owned(&Owner::named(name)));
        }
    });
    for (id, session) in &model.sessions {
        let key = pool.hashed(key(*id));
        pool.locked(|state, _| {
            let entry = &state.entries[state.index.get(&key).unwrap()];
            let stored = entry.stored.as_ref().unwrap();
            let tag = stored.memory.get().and_then(|memory| memory.downcast_ref::<Blob>()).unwrap().tag;
            assert_eq!(Some((BLOB(), tag, stored.bytes)), session.stored);
            assert_eq!((entry.named, entry.holder, entry.queue.len()), (session.named, None, 0));
            assert!(entry.handle.is_none(), "the handle of a turn that is over");
        });
    }
}
