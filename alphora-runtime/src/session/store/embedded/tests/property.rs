//! Any calls in any order do what the store in memory does, also when the file is closed or lost in between.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use proptest::prelude::*;

use super::restart::{crashed, open_at};
use super::sweeping::audit;
use super::{Directory, EmbeddedStore};
use crate::session::store::{
    Begun, Change, Claim, Commit, Content, InMemoryStore, PageRequest, Preemption, Record, SessionStore,
    StoreError, StoreLease,
};
use crate::session::{Owner, SessionId, SessionKey};

#[derive(Debug, Clone)]
enum Step {
    Begin {
        id: u8,
        /// As the turn that has had it last.
        again: bool,
        known: bool,
        named: bool,
        lease: u64,
        ttl: u64,
    },
    Commit {
        nth: usize,
        change: u8,
        ttl: u64,
    },
    Renew {
        nth: usize,
    },
    Release {
        nth: usize,
    },
    Preempt {
        id: u8,
    },
    Delete {
        id: u8,
    },
    Advance {
        milliseconds: u64,
    },
    Sweep,
    Reopen {
        crash: bool,
    },
}

/// In milliseconds. All steps before a long advance take less than any of these, or its slack after a restart, and
/// a long one takes more than all but the last.
const TTLS: [u64; 3] = [100_000, 1_000_000, 1_000_000_000_000];

fn step() -> impl Strategy<Value = Step> {
    let id = || 0..6_u8;
    let ttl = || prop::sample::select(TTLS.to_vec());
    let lease = prop::sample::select(vec![20_u64, 1_000, 10_000_000]);
    prop_oneof![
        6 => (id(), prop::bool::weighted(0.1), any::<bool>(), any::<bool>(), lease, ttl())
            .prop_map(|(id, again, known, named, lease, ttl)| Step::Begin { id, again, known, named, lease, ttl }),
        6 => (0..4_usize, 0..7_u8, ttl()).prop_map(|(nth, change, ttl)| Step::Commit { nth, change, ttl }),
        1 => (0..4_usize).prop_map(|nth| Step::Renew { nth }),
        2 => (0..4_usize).prop_map(|nth| Step::Release { nth }),
        1 => id().prop_map(|id| Step::Preempt { id }),
        1 => id().prop_map(|id| Step::Delete { id }),
        3 => prop::sample::select(vec![1, 30, 2_000_000]).prop_map(|milliseconds| Step::Advance { milliseconds }),
        1 => Just(Step::Sweep),
        1 => any::<bool>().prop_map(|crash| Step::Reopen { crash }),
    ]
}

/// A lease of both stores.
struct Held {
    id: u8,
    here: StoreLease,
    there: StoreLease,
    /// When it expires.
    until: u64,
}

struct Both {
    directory: Directory,
    store: Option<EmbeddedStore>,
    model: InMemoryStore,
    time: Arc<AtomicU64>,
    /// The latest first.
    leases: Vec<Held>,
    turns: u128,
    /// Whether the times of uses are no longer known exactly.
    was_reopened: bool,
}

fn key(id: u8) -> SessionKey {
    let owner = if id < 3 { Owner::anonymous() } else { Owner::named("somebody") };
    SessionKey::new("agent", owner, SessionId::parse(&format!("s{id}")).unwrap())
}

/// A record but for its stamp, which each store chooses.
fn content(record: &Record) -> (u64, u32, Vec<u8>, usize) {
    let text = record.pieces.iter().fold(record.snapshot.to_vec(), |text, piece| [&text, &**piece].concat());
    (record.version, record.format, text, record.pieces.len())
}

impl Both {
    fn new() -> Self {
        let (directory, time) = (Directory::new(), Arc::new(AtomicU64::new(1_000_000)));
        let store = Some(open_at(&directory.0, &time));
        Self {
            directory,
            store,
            model: InMemoryStore::default(),
            time,
            leases: vec![],
            turns: 0,
            was_reopened: false,
        }
    }

    fn store(&self) -> &EmbeddedStore {
        self.store.as_ref().unwrap()
    }

    fn now(&self) -> u64 {
        self.time.load(Ordering::SeqCst)
    }

    async fn take(&mut self, step: Step) {
        match step {
            Step::Begin { id, again, known, named, lease, ttl } => {
                let last = self.leases.iter().find(|held| held.id == id).filter(|_| again);
                let turn = last.map_or(self.turns + 1, |held| held.here.turn);
                self.turns += 1;
                let (here, there) =
                    (self.store().read(&key(id)).await.unwrap(), self.model.read(&key(id)).await.unwrap());
                let claim = |stored: Option<crate::session::store::StoredSession>| Claim {
                    turn,
                    lease: Duration::from_millis(lease),
                    ttl: Duration::from_millis(ttl),
                    known: stored.map(|stored| stored.record.stamp).filter(|_| known),
                    named,
                };
                let here = self.store().begin(&key(id), &claim(here)).await.unwrap();
                let there = self.model.begin(&key(id), &claim(there)).await.unwrap();
                match (here, there) {
                    (
                        Begun::Granted { lease: here, content: one },
                        Begun::Granted { lease: there, content: other },
                    ) => {
                        assert_eq!(here.version, there.version);
                        match (one, other) {
                            (Content::Stored(one), Content::Stored(other)) => {
                                assert_eq!(content(&one), content(&other));
                            }
                            (one, other) => assert_eq!(one, other),
                        }
                        let until = self.now() + lease;
                        self.leases.insert(0, Held { id, here, there, until });
                    }
                    (here, there) => assert_eq!(here, there),
                }
            }
            Step::Commit { nth, change, ttl } => {
                let Some(held) = self.usable(nth) else { return };
                let change = match change {
                    0..3 => {
                        let snapshot = format!("snapshot {}", held.here.turn).into();
                        Change::Replace { format: 7, snapshot }
                    }
                    3..6 if held.here.version > 0 => {
                        Change::Append { piece: format!("piece {}", held.here.turn).into() }
                    }
                    _ => Change::Touch,
                };
                let commit = Commit { change, ttl: Duration::from_millis(ttl) };
                let here = self.store().commit(&key(held.id), &held.here, &commit).await;
                assert_eq!(lost(here), lost(self.model.commit(&key(held.id), &held.there, &commit).await));
            }
            Step::Renew { nth } => {
                let now = self.now();
                let Some(held) = self.usable(nth) else { return };
                let here = self.store().renew(&key(held.id), &held.here).await;
                let there = self.model.renew(&key(held.id), &held.there).await;
                assert_eq!(lost(here.clone()), lost(there));
                if let (Ok(_), Some(held)) = (here, self.leases.get_mut(nth)) {
                    held.until = now + u64::try_from(held.here.duration.as_millis()).unwrap();
                }
            }
            Step::Release { nth } => {
                let Some(held) = self.usable(nth) else { return };
                self.store().release(&key(held.id), &held.here).await.unwrap();
                self.model.release(&key(held.id), &held.there).await.unwrap();
            }
            Step::Preempt { id } => {
                self.store().preempt(&key(id), Preemption::Rollback).await.unwrap();
                self.model.preempt(&key(id), Preemption::Rollback).await.unwrap();
            }
            Step::Delete { id } => {
                let here = self.store().delete(&key(id)).await;
                assert_eq!(here, self.model.delete(&key(id)).await);
            }
            Step::Advance { milliseconds } => {
                self.time.fetch_add(milliseconds, Ordering::SeqCst);
                tokio::time::advance(Duration::from_millis(milliseconds)).await;
            }
            Step::Sweep => {
                self.store().sweep().await.unwrap();
                self.model.sweep().await.unwrap();
                assert_eq!(self.store().statistics().await, self.model.statistics().await);
            }
            Step::Reopen { crash } => {
                for held in std::mem::take(&mut self.leases) {
                    self.model.release(&key(held.id), &held.there).await.unwrap();
                }
                let next = crash.then(|| crashed(&self.directory));
                self.store = None;
                self.directory =
                    next.unwrap_or_else(|| std::mem::replace(&mut self.directory, Directory::new()));
                self.store = Some(open_at(&self.directory.0, &self.time));
                self.was_reopened = true;
            }
        }
    }

    /// A lease of which both stores must say the same. That of a session which begins ends when it expires, at once
    /// or a little later.
    fn usable(&self, nth: usize) -> Option<&Held> {
        let held = self.leases.get(nth)?;
        (held.here.version > 0 || held.until > self.now()).then_some(held)
    }

    async fn compare(&self) {
        let page = PageRequest { after: None, limit: 10 };
        for owner in [Owner::anonymous(), Owner::named("somebody")] {
            let here = self.store().list("agent", &owner, &page).await.unwrap();
            let there = self.model.list("agent", &owner, &page).await.unwrap();
            let told = |page: &crate::session::store::Page| {
                let sessions = page.sessions.iter();
                sessions.map(|one| (one.id.clone(), one.version, one.bytes)).collect::<Vec<_>>()
            };
            assert_eq!((told(&here), here.more), (told(&there), there.more));
            if !self.was_reopened {
                for (one, other) in here.sessions.iter().zip(&there.sessions) {
                    let lives = |one: &crate::session::store::SessionSummary| {
                        (
                            one.expires.duration_since(one.last_used).unwrap(),
                            one.last_used.duration_since(one.created).unwrap(),
                        )
                    };
                    assert_eq!(lives(one), lives(other));
                }
            }
        }
        for id in 0..6 {
            let here = self.store().read(&key(id)).await.unwrap();
            let there = self.model.read(&key(id)).await.unwrap();
            assert_eq!(here.map(|one| content(&one.record)), there.map(|one| content(&one.record)));
        }
    }
}

/// Whether a session that was never committed is gone or another turn's, when its lease has expired, is a matter of
/// who looks: for an earlier turn it is lost either way.
fn lost<T>(outcome: Result<T, StoreError>) -> Result<T, StoreError> {
    outcome.map_err(|error| if error == StoreError::Removed { StoreError::Fenced } else { error })
}

#[tokio::test(start_paused = true)]
async fn a_preemption_vanishes_with_a_session_that_was_never_committed() {
    let mut both = Both::new();
    let begin = |again| Step::Begin { id: 2, again, known: false, named: false, lease: 20, ttl: TTLS[0] };
    let steps = [begin(false), Step::Preempt { id: 2 }, Step::Advance { milliseconds: 30 }, begin(true)];
    for step in steps.into_iter().chain([Step::Renew { nth: 0 }]) {
        both.take(step).await;
        both.compare().await;
    }
}

/// A session whose time is over while it is in use goes with the first sweep after its use, in this process or the next.
#[tokio::test(start_paused = true)]
async fn what_expires_in_use_goes_when_it_is_given_back() {
    for given_back in [Step::Release { nth: 0 }, Step::Reopen { crash: false }, Step::Reopen { crash: true }]
    {
        let mut both = Both::new();
        let begin =
            |lease| Step::Begin { id: 1, again: false, known: false, named: false, lease, ttl: TTLS[0] };
        let commit = Step::Commit { nth: 0, change: 0, ttl: TTLS[0] };
        let over = Step::Advance { milliseconds: 2_000_000 };
        for step in [begin(20), commit, begin(10_000_000), over, Step::Sweep, given_back, Step::Sweep] {
            both.take(step).await;
            both.compare().await;
        }
        assert_eq!(both.store().statistics().await.unwrap().sessions, 0);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]
    #[test]
    fn does_what_the_store_in_memory_does(steps in prop::collection::vec(step(), 1..60)) {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_all().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let mut both = Both::new();
            for step in steps {
                both.take(step).await;
                both.compare().await;
            }
            audit(both.store());
        });
    }
}
