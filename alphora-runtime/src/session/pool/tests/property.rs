//! Any calls in any order do what the simple pool does.

use std::any::type_name;
use std::collections::BTreeSet;
use std::pin::Pin;
use std::sync::Arc;
use std::time::SystemTime;

use proptest::prelude::*;

use super::super::slab::Slot;
use super::calls::{Step, model, step};
use super::model::{Model, Stored, key, owner, with_key};
use super::supersede::Preempted;
use super::*;
use crate::session::store::{PageRequest, SessionSummary};
use crate::session::{Claim, Owner, SessionError};

enum Held {
    Blob(Lease<Blob>),
    Other(Lease<Other>),
}

impl Held {
    fn found(&self) -> Option<Stored> {
        match self {
            Self::Blob(lease) => {
                let key = lease.key().stored_bytes();
                lease.stored().map(|Blob { tag, bytes }| (kind(false), *tag, bytes + key))
            }
            Self::Other(lease) => {
                let key = lease.key().stored_bytes();
                lease.stored().map(|Other { tag, bytes }| (kind(true), *tag, bytes + key))
            }
        }
    }

    fn commit(self, tag: u32, bytes: usize) -> (Stored, Result<(), SessionError>) {
        match self {
            Self::Blob(lease) => {
                let stored = (kind(false), tag, bytes + lease.key().stored_bytes());
                (stored, lease.commit_here(Blob { tag, bytes }))
            }
            Self::Other(lease) => {
                let stored = (kind(true), tag, bytes + lease.key().stored_bytes());
                (stored, lease.commit_here(Other { tag, bytes }))
            }
        }
    }
}

type Asking = Pin<Box<dyn Future<Output = Result<Held, SessionError>>>>;

fn ask(pool: MemoryPool, id: u8, other: bool, claim: Option<Claim>) -> Asking {
    let key = key(id);
    Box::pin(async move {
        match (claim, other) {
            (Some(claim), true) => pool.lend(key, claim).await.map(Held::Other),
            (Some(claim), false) => pool.lend(key, claim).await.map(Held::Blob),
            (None, true) => pool.get_or_create(key).await.map(Held::Other),
            (None, false) => pool.get_or_create(key).await.map(Held::Blob),
        }
    })
}

fn kind(other: bool) -> &'static str {
    if other { type_name::<Other>() } else { type_name::<Blob>() }
}

/// Both pools, and the turns that were asked of both.
struct Both {
    pool: MemoryPool,
    model: Model,
    running: Vec<(u8, u32, Held)>,
    waiting: Vec<(u8, u32, bool, Asking)>,
    turns: u32,
    preempted: Arc<Preempted>,
    /// When the pool was made, to the millisecond.
    made: SystemTime,
}

impl Both {
    async fn step(&mut self, step: Step) {
        self.turns += 1;
        let turn = self.turns;
        match step {
            Step::Take { id, other, concurrency } => {
                let claim = concurrency.map(|concurrency| self.preempted.claim(turn.into(), concurrency));
                let mut asking = ask(self.pool.clone(), id, other, claim);
                let answer = poll_once(&mut asking);
                let expected = self.model.take(id, turn, kind(other), concurrency);
                assert_eq!(seen(answer.as_ref()), expected);
                match answer {
                    None => self.waiting.push((id, turn, other, asking)),
                    Some(Ok(held)) => self.running.push((id, turn, held)),
                    Some(Err(_)) => {}
                }
            }
            Step::Poll => {
                // The last first: the order is the queue's, not that of those who ask.
                for (id, turn, other, mut asking) in std::mem::take(&mut self.waiting).into_iter().rev() {
                    let answer = poll_once(&mut asking);
                    assert_eq!(seen(answer.as_ref()), self.model.look_again(id, turn, kind(other)));
                    match answer {
                        None => self.waiting.insert(0, (id, turn, other, asking)),
                        Some(Ok(held)) => self.running.push((id, turn, held)),
                        Some(Err(_)) => {}
                    }
                }
            }
            Step::Commit { nth, bytes } => {
                if let Some((id, ended, held)) = pick(&mut self.running, nth) {
                    let (stored, result) = held.commit(turn, bytes);
                    assert_eq!(result, self.model.commit(id, ended, stored));
                }
            }
            Step::Drop { nth } => {
                if let Some((id, ended, held)) = pick(&mut self.running, nth) {
                    drop(held);
                    self.model.leave(id, ended);
                }
            }
            Step::GiveUp { nth } => {
                if let Some((id, given_up, _, asking)) = pick(&mut self.waiting, nth) {
                    drop(asking);
                    self.model.leave(id, given_up);
                }
            }
            Step::InsertUnnamed { id, bytes } => {
                let result = self.pool.insert_unnamed_here(key(id), Blob { tag: turn, bytes });
                assert_eq!(result, self.model.insert_unnamed(id, (kind(false), turn, with_key(id, bytes))));
            }
            Step::Remove { id } => {
                assert_eq!(self.pool.remove_here(&key(id)), self.model.remove(id));
            }
            Step::List { id, after, limit } => self.list(&owner(id), after, limit),
            Step::Read { id } => {
                let read = self.pool.read_here(&key(id)).unwrap();
                let expected =
                    self.model.read(id).map(|session| (id, session.commits, session.stored.unwrap().1));
                let found = read.map(|stored| {
                    self.check(id, &stored.summary);
                    assert_eq!((stored.record.format, stored.record.version), (1, stored.summary.version));
                    let blob: Blob = serde_json::from_slice(&stored.record.snapshot).unwrap();
                    (id, stored.summary.version, blob.tag)
                });
                assert_eq!(found, expected);
            }
            Step::Advance { millis } => {
                tokio::time::advance(Duration::from_millis(millis)).await;
                self.model.now += millis;
            }
            Step::Sweep => assert_eq!(self.pool.clean_expired(), self.model.sweep()),
        }
    }

    fn list(&mut self, by: &Owner, after: Option<u8>, limit: usize) {
        let request = PageRequest { after: after.map(|id| key(id).id().clone()), limit };
        let page = self.pool.list_here("", by, &request);
        let mut expected = self.model.list(by, after, limit + 1);
        let more = expected.len() > limit;
        expected.truncate(limit);
        assert_eq!((page.sessions.len(), page.more), (expected.len(), more));
        for (id, summary) in expected.into_iter().zip(&page.sessions) {
            self.check(id, summary);
        }
    }

    /// Compares what is said of a session with what the simple pool knows.
    fn check(&self, id: u8, summary: &SessionSummary) {
        let session = &self.model.sessions[&id];
        let bytes = session.stored.unwrap().2 - with_key(id, 0);
        assert_eq!(
            (&summary.id, summary.version, summary.bytes),
            (key(id).id(), session.commits, bytes as u64)
        );
        let time = |millis| self.made + Duration::from_millis(millis);
        assert_eq!(
            (summary.created, summary.last_used, summary.expires),
            (time(session.created), time(session.last_used), time(session.last_used + self.model.ttl))
        );
    }

    /// Compares all that can be seen, and the links that cannot.
    fn compare(&self) {
        assert_eq!(self.preempted.all(), self.model.preempted);
        assert_eq!(self.pool.size(), self.model.sessions.len());
        assert_eq!(self.pool.bytes(), self.model.bytes());
        assert!(self.pool.size() <= self.model.max_items && self.pool.bytes() <= self.model.max_bytes);
        for id in 0..10 {
            let key = self.pool.hashed(key(id));
            let held = self.pool.locked(|state, _| {
                let entry = &state.entries[state.index.get(&key)?];
                let stored = entry.stored.as_ref().map(|stored| {
                    let memory = stored.memory.get().unwrap();
                    let blob = memory.downcast_ref().map(|Blob { tag, .. }| (kind(false), *tag));
                    let other = memory.downcast_ref().map(|Other { tag, .. }| (kind(true), *tag));
                    let (kind, tag) = blob.or(other).unwrap();
                    (kind, tag, stored.bytes)
                });
                Some((stored, entry.named, usize::from(entry.holder.is_some()) + entry.queue.len()))
            });
            let session = self.model.sessions.get(&id);
            assert_eq!(
                held,
                session.map(|session| (session.stored, session.named, session.turns.len())),
                "s{id}"
            );
        }
        self.pool.locked(|state, _| {
            let idle = [(&state.idle.named, true), (&state.idle.unnamed, false)].map(|(order, named)| {
                let slots = order.slots(&state.entries);
                let entries: Vec<_> = slots.iter().map(|slot| &state.entries[*slot]).collect();
                assert!(entries.iter().all(|entry| entry.named == named && entry.holder.is_none()));
                assert!(entries.is_sorted_by_key(|entry| entry.last_used));
                assert_eq!(entries.iter().map(|entry| entry.bytes()).sum::<usize>(), order.bytes());
                slots.len()
            });
            let expected = self.model.sessions.values().filter(|session| session.turns.is_empty()).count();
            assert_eq!(idle.iter().sum::<usize>(), expected);
            let directory = state.directory.as_ref().unwrap();
            let stored = self.model.sessions.values().filter(|session| session.stored.is_some()).count();
            assert_eq!(directory.len(), stored);
        });
        self.compare_owners();
    }

    fn compare_owners(&self) {
        let model = &self.model;
        self.pool.locked(|state, _| {
            let owners: Vec<_> = model.sessions.keys().map(|id| owner(*id)).collect();
            let with_name: BTreeSet<_> = owners.iter().filter_map(Owner::name).collect();
            assert_eq!(with_name, state.owners.iter().map(|(name, _)| name).collect());
            for (name, owned) in state.owners.iter() {
                let by = Owner::named(name);
                assert_eq!((owned.sessions, owned.bytes), model.owned(&by));
                assert!(owned.sessions <= model.max_owner_items && owned.bytes <= model.max_owner_bytes);
                // His lists are the lists of all, without those of others.
                let is_his = |slot: &Slot| *state.entries[*slot].key.key().owner() == by;
                let all = [&state.idle.named, &state.idle.unnamed].map(|all| all.slots(&state.entries));
                let his = [&owned.idle.named, &owned.idle.unnamed]
                    .map(|his| (his.slots(&state.entries), his.bytes()));
                for (all, (his, bytes)) in all.iter().zip(&his) {
                    assert!(all.iter().filter(|slot| is_his(slot)).eq(his));
                    assert_eq!(his.iter().map(|slot| state.entries[*slot].bytes()).sum::<usize>(), *bytes);
                }
            }
        });
    }
}

/// What an answer says, in the model's words.
fn seen(answer: Option<&Result<Held, SessionError>>) -> Option<Result<Option<Stored>, SessionError>> {
    answer.map(|answer| answer.as_ref().map(Held::found).map_err(Clone::clone))
}

fn pick<T>(from: &mut Vec<T>, nth: usize) -> Option<T> {
    if from.is_empty() { None } else { Some(from.remove(nth % from.len())) }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_calls_do_what_the_simple_pool_does(model in model(), steps in prop::collection::vec(step(), 0..=200)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let pool = MemoryPool::new(Duration::from_millis(model.ttl), model.max_items)
                .with_max_bytes(model.max_bytes)
                .with_max_session_bytes(model.max_session_bytes)
                .with_max_owner_items(model.max_owner_items)
                .with_max_owner_bytes(model.max_owner_bytes)
                .with_queue(model.queue, Duration::from_millis(model.wait));
            pool.keep_directory();
            let made = pool.locked(|state, _| state.on_the_wall(state.clock));
            let (running, waiting, preempted) = Default::default();
            let mut both = Both { pool, model, running, waiting, turns: 0, preempted, made };
            for step in steps {
                both.step(step).await;
                both.compare();
            }
        });
    }
}
