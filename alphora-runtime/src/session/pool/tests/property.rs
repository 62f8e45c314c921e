//! Any calls in any order do what the simple pool does.

use std::any::type_name;
use std::pin::Pin;

use proptest::prelude::*;

use super::model::{Model, Stored};
use super::*;
use crate::session::SessionError;

/// Session ids are `s0` to `s9`.
const KEY: usize = 2;

#[derive(Debug, Clone)]
enum Step {
    /// Ask for a session, as one of two types of memory.
    Take {
        id: u8,
        other: bool,
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
    Advance {
        millis: u64,
    },
    Sweep,
}

fn step() -> impl Strategy<Value = Step> {
    let id = 0..10_u8;
    let bytes = prop_oneof![8 => 0..80_usize, 1 => 80..200_usize];
    let millis = prop_oneof![4 => 0..10_u64, 1 => 45..55_u64, 1 => 95..105_u64];
    prop_oneof![
        8 => (id.clone(), prop::bool::weighted(0.1)).prop_map(|(id, other)| Step::Take { id, other }),
        3 => Just(Step::Poll),
        5 => (any::<usize>(), bytes.clone()).prop_map(|(nth, bytes)| Step::Commit { nth, bytes }),
        2 => any::<usize>().prop_map(|nth| Step::Drop { nth }),
        1 => any::<usize>().prop_map(|nth| Step::GiveUp { nth }),
        2 => (id.clone(), bytes).prop_map(|(id, bytes)| Step::InsertUnnamed { id, bytes }),
        1 => id.prop_map(|id| Step::Remove { id }),
        3 => millis.prop_map(|millis| Step::Advance { millis }),
        1 => Just(Step::Sweep),
    ]
}

fn model() -> impl Strategy<Value = Model> {
    (1..8_usize, 60..400_usize, 20..120_usize, 0..4_usize).prop_map(|(items, bytes, session_bytes, queue)| {
        Model {
            ttl: 100,
            max_items: items,
            max_bytes: bytes,
            max_session_bytes: session_bytes,
            queue,
            wait: 50,
            now: 0,
            uses: 0,
            sessions: std::collections::BTreeMap::new(),
        }
    })
}

enum Held {
    Blob(Lease<Blob>),
    Other(Lease<Other>),
}

impl Held {
    fn found(&self) -> Option<Stored> {
        match self {
            Self::Blob(lease) => {
                lease.stored().map(|Blob { tag, bytes }| (type_name::<Blob>(), *tag, bytes + KEY))
            }
            Self::Other(lease) => {
                lease.stored().map(|Other { tag, bytes }| (type_name::<Other>(), *tag, bytes + KEY))
            }
        }
    }

    fn commit(self, tag: u32, bytes: usize) -> (Stored, Result<(), SessionError>) {
        match self {
            Self::Blob(lease) => ((type_name::<Blob>(), tag, bytes + KEY), lease.commit(Blob { tag, bytes })),
            Self::Other(lease) => {
                ((type_name::<Other>(), tag, bytes + KEY), lease.commit(Other { tag, bytes }))
            }
        }
    }
}

type Asking = Pin<Box<dyn Future<Output = Result<Held, SessionError>>>>;

fn ask(pool: MemoryPool, id: u8, other: bool) -> Asking {
    let key = format!("s{id}");
    Box::pin(async move {
        if other {
            pool.get_or_create(key).await.map(Held::Other)
        } else {
            pool.get_or_create(key).await.map(Held::Blob)
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
}

impl Both {
    async fn step(&mut self, step: Step) {
        self.turns += 1;
        let turn = self.turns;
        match step {
            Step::Take { id, other } => {
                let mut asking = ask(self.pool.clone(), id, other);
                let answer = poll_once(&mut asking);
                let expected = self.model.take(id, turn, kind(other));
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
                let result = self.pool.insert_unnamed(format!("s{id}"), Blob { tag: turn, bytes });
                assert_eq!(result, self.model.insert_unnamed(id, (kind(false), turn, bytes + KEY)));
            }
            Step::Remove { id } => {
                assert_eq!(self.pool.remove(&format!("s{id}").try_into().unwrap()), self.model.remove(id));
            }
            Step::Advance { millis } => {
                tokio::time::advance(Duration::from_millis(millis)).await;
                self.model.now += millis;
            }
            Step::Sweep => assert_eq!(self.pool.clean_expired(), self.model.sweep()),
        }
    }

    /// Compares all that can be seen, and the links that cannot.
    fn compare(&self) {
        assert_eq!(self.pool.size(), self.model.sessions.len());
        assert_eq!(self.pool.bytes(), self.model.bytes());
        assert!(self.pool.size() <= self.model.max_items && self.pool.bytes() <= self.model.max_bytes);
        for id in 0..10 {
            let key = self.pool.hashed(format!("s{id}").try_into().unwrap());
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
            let idle = [(&state.named, true), (&state.unnamed, false)].map(|(order, named)| {
                let slots = order.slots(&state.entries);
                let entries: Vec<_> = slots.iter().map(|slot| &state.entries[*slot]).collect();
                assert!(entries.iter().all(|entry| entry.named == named && entry.holder.is_none()));
                assert!(entries.is_sorted_by_key(|entry| entry.last_used));
                assert_eq!(entries.iter().map(|entry| entry.bytes()).sum::<usize>(), order.bytes());
                slots.len()
            });
            let expected = self.model.sessions.values().filter(|session| session.turns.is_empty()).count();
            assert_eq!(idle.iter().sum::<usize>(), expected);
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
                .with_queue(model.queue, Duration::from_millis(model.wait));
            let mut both = Both { pool, model, running: Vec::new(), waiting: Vec::new(), turns: 0 };
            for step in steps {
                both.step(step).await;
                both.compare();
            }
        });
    }
}
