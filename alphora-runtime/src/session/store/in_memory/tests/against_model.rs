//! Random operations, on the store and on the model.

use std::time::Duration;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::super::InMemoryStore;
use super::model::{Model, Modelled};
use crate::session::store::{
    Begun, Change, Claim, Commit, PageRequest, Preemption, SessionStore, StoreLease, StoreLimits,
};
use crate::session::{Owner, SessionId, SessionKey};

/// The keys: two agents, three owners, three ids.
const KEYS: usize = 18;

fn key(number: usize) -> SessionKey {
    let owner = match number % 3 {
        0 => Owner::anonymous(),
        owner => Owner::named(format!("owner {owner}")),
    };
    let agent = ["agent", "other"][number / 3 % 2];
    SessionKey::new(agent, owner, SessionId::parse(&(number / 6).to_string()).unwrap())
}

#[derive(Debug, Clone)]
enum Operation {
    /// By a new turn, or by one of the latest again; whether it says the stamp that it knows.
    Begin {
        key: usize,
        again: Option<usize>,
        lease: u64,
        ttl: u64,
        knows: bool,
        named: bool,
    },
    /// What follows is done with one of the latest leases: mostly the last.
    Renew {
        lease: usize,
    },
    Commit {
        lease: usize,
        change: u8,
        bytes: usize,
        ttl: u64,
    },
    Release {
        lease: usize,
    },
    Preempt {
        key: usize,
        preemption: Preemption,
    },
    Delete {
        key: usize,
    },
    Sweep,
    ReadAll,
    Wait {
        time: u64,
    },
}

fn operation() -> impl Strategy<Value = Operation> {
    let lease = || prop_oneof![4 => Just(0_usize), 2 => 1..4_usize, 1 => 4..12_usize];
    let begin = (
        0..KEYS,
        proptest::option::weighted(0.15, 0..4_usize),
        1..60_u64,
        1..400_u64,
        any::<bool>(),
        any::<bool>(),
    )
        .prop_map(|(key, again, lease, ttl, knows, named)| Operation::Begin {
            key,
            again,
            lease,
            ttl,
            knows,
            named,
        });
    let commit = (lease(), 0..6_u8, 0..60_usize, 1..400_u64)
        .prop_map(|(lease, change, bytes, ttl)| Operation::Commit { lease, change, bytes, ttl });
    let preemption = prop_oneof![Just(Preemption::Interrupt), Just(Preemption::Rollback)];
    prop_oneof![
        6 => begin,
        6 => commit,
        1 => lease().prop_map(|lease| Operation::Renew { lease }),
        1 => lease().prop_map(|lease| Operation::Release { lease }),
        1 => (0..KEYS, preemption).prop_map(|(key, preemption)| Operation::Preempt { key, preemption }),
        1 => (0..KEYS).prop_map(|key| Operation::Delete { key }),
        1 => Just(Operation::Sweep),
        1 => Just(Operation::ReadAll),
        2 => (0..40_u64).prop_map(|time| Operation::Wait { time }),
    ]
}

fn limits() -> impl Strategy<Value = StoreLimits> {
    let some = |range: std::ops::Range<u64>| proptest::option::weighted(0.6, range);
    (60..120_u64, some(1..9), some(50..300), some(1..4), some(40..150)).prop_map(
        |(session_bytes, sessions, bytes, owner_sessions, owner_bytes)| StoreLimits {
            session_bytes,
            sessions,
            bytes,
            owner_sessions,
            owner_bytes,
        },
    )
}

/// Both, and the turns and leases so far.
struct Pair {
    store: InMemoryStore,
    model: Model,
    turns: Vec<(usize, u128)>,
    leases: Vec<(usize, StoreLease)>,
    fences: u64,
}

impl Pair {
    async fn run(limits: StoreLimits, operations: Vec<Operation>) -> Result<(), TestCaseError> {
        let model = Model { limits, sessions: Vec::new() };
        let store = InMemoryStore::new(limits);
        let mut pair = Self { store, model, turns: vec![], leases: vec![], fences: 0 };
        for operation in operations {
            pair.step(operation).await?;
            pair.compare().await?;
        }
        pair.read_all().await?;
        while pair.store.sweep().await.unwrap() > 0 {}
        let statistics = pair.store.statistics().await.unwrap();
        let there = || pair.model.sessions.iter().filter(|session| session.record.is_some());
        prop_assert_eq!(statistics.sessions, there().count() as u64);
        prop_assert_eq!(statistics.bytes, there().map(Modelled::bytes).sum::<u64>());
        Ok(())
    }

    async fn step(&mut self, operation: Operation) -> Result<(), TestCaseError> {
        match operation {
            Operation::Begin { key: at, again, lease, ttl, knows, named } => {
                let latest = |back: usize| self.turns.iter().rev().nth(back).copied();
                let (at, turn) = again.and_then(latest).unwrap_or((at, self.turns.len() as u128));
                self.turns.push((at, turn));
                let key = key(at);
                let record = self.model.find(&key).and_then(|session| session.record.as_ref());
                let known = record.map(|record| record.stamp).filter(|_| knows);
                let (lease, ttl) = (Duration::from_millis(lease), Duration::from_millis(ttl));
                let claim = Claim { turn, lease, ttl, known, named };
                let begun = self.store.begin(&key, &claim).await.unwrap();
                let mut fence = 0;
                if let Begun::Granted { lease, .. } = &begun {
                    fence = lease.fence;
                    prop_assert!(fence > self.fences, "fences grow");
                    self.fences = fence;
                    self.leases.push((at, lease.clone()));
                }
                prop_assert_eq!(begun, self.model.begin(&key, &claim, fence));
            }
            Operation::Commit { lease, change, bytes, ttl } => {
                let Some((key, lease)) = self.lease(lease) else { return Ok(()) };
                let content = vec![b'x'; bytes].into();
                let change = match change {
                    0..3 => Change::Replace { format: u32::from(change), snapshot: content },
                    3 | 4 => Change::Append { piece: content },
                    _ => Change::Touch,
                };
                let commit = Commit { change, ttl: Duration::from_millis(ttl) };
                let expected = self.model.commit(&key, &lease, &commit);
                prop_assert_eq!(self.store.commit(&key, &lease, &commit).await, expected);
            }
            Operation::Renew { lease } => {
                let Some((key, lease)) = self.lease(lease) else { return Ok(()) };
                prop_assert_eq!(self.store.renew(&key, &lease).await, self.model.renew(&key, &lease));
            }
            Operation::Release { lease } => {
                let Some((key, lease)) = self.lease(lease) else { return Ok(()) };
                self.model.release(&key, &lease);
                prop_assert_eq!(self.store.release(&key, &lease).await, Ok(()));
            }
            Operation::Preempt { key: at, preemption } => {
                self.model.preempt(&key(at), preemption);
                prop_assert_eq!(self.store.preempt(&key(at), preemption).await, Ok(()));
            }
            Operation::Delete { key: at } => {
                prop_assert_eq!(self.store.delete(&key(at)).await, Ok(self.model.delete(&key(at))));
            }
            Operation::Sweep => drop(self.store.sweep().await.unwrap()),
            Operation::ReadAll => self.read_all().await?,
            Operation::Wait { time } => tokio::time::advance(Duration::from_millis(time)).await,
        }
        Ok(())
    }

    fn lease(&self, back: usize) -> Option<(SessionKey, StoreLease)> {
        self.leases.iter().rev().nth(back).map(|(at, lease)| (key(*at), lease.clone()))
    }

    /// Whether what is listed is what the model has. To list removes nothing that is gone, unlike to read.
    async fn compare(&mut self) -> Result<(), TestCaseError> {
        self.model.settle();
        let limits = self.model.limits;
        let statistics = self.store.statistics().await.unwrap();
        prop_assert!(limits.sessions.is_none_or(|most| statistics.sessions <= most), "{statistics:?}");
        prop_assert!(limits.bytes.is_none_or(|most| statistics.bytes <= most), "{statistics:?}");
        let (mut found, mut expected) = (Vec::new(), Vec::new());
        for at in 0..6 {
            let first = key(at);
            let mut page = PageRequest { after: None, limit: 2 };
            loop {
                let listed = self.store.list(first.agent(), first.owner(), &page).await.unwrap();
                page.after = listed.sessions.last().map(|summary| summary.id.clone());
                found.extend(listed.sessions.into_iter().map(|summary| {
                    let lives = summary.expires.duration_since(summary.last_used).unwrap();
                    (at, summary.id, summary.version, summary.bytes, lives)
                }));
                if !listed.more {
                    break;
                }
            }
            for at_other in (at..KEYS).step_by(6) {
                let key = key(at_other);
                let session = self.model.sessions.iter().find(|session| session.key == key);
                let Some((session, record)) = session.and_then(|it| Some((it, it.record.as_ref()?))) else {
                    continue;
                };
                let lives = session.expires - session.last_used;
                expected.push((at, key.id().clone(), record.version, record.bytes(), lives));
            }
        }
        prop_assert_eq!(found, expected);
        Ok(())
    }

    /// Whether all records are those of the model.
    async fn read_all(&mut self) -> Result<(), TestCaseError> {
        for at in 0..KEYS {
            let found = self.store.read(&key(at)).await.unwrap().map(|found| found.record);
            let expected = self.model.find(&key(at)).and_then(|session| session.record.clone());
            prop_assert_eq!(found, expected);
        }
        Ok(())
    }
}

#[test]
fn the_store_does_what_the_model_does() {
    let mut runner = TestRunner::new(Config { cases: 400, failure_persistence: None, ..Config::default() });
    let operations = proptest::collection::vec(operation(), 1..250);
    let outcome = runner.run(&(limits(), operations), |(limits, operations)| {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(Pair::run(limits, operations))
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
}
