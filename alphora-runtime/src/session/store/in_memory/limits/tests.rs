//! The store against a naive reference, and its bounds.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use proptest::prelude::*;
use tokio::time::advance;

use super::InMemoryLimitStore;
use crate::principal::Limits;
use crate::session::store::{Exceeded, LimitAccount, LimitStore as _, RunPlace, Settlement, Taken};

/// Remembers everything that ever happened, and adds it up each time.
#[derive(Default)]
struct Naive {
    /// When what was asked for, in milliseconds.
    requests: Vec<u64>,
    tokens: Vec<(u64, u64)>,
    /// The runs, and when their places end.
    places: BTreeMap<u128, u64>,
}

/// What a bucket has when all charges are put in one after the other, in units of one to a minute's limit.
fn level(charges: impl Iterator<Item = (u64, u64)>, limit: u64, now: u64) -> u64 {
    let (mut level, mut at) = (0_u64, 0);
    for (when, count) in charges {
        level = level.saturating_sub(limit * (when - at)) + count * 60_000;
        at = when;
    }
    level.saturating_sub(limit * (now - at))
}

impl Naive {
    fn take(&mut self, limits: &Limits, run: u128, ends: u64, now: u64) -> Option<Exceeded> {
        let room = |level: u64, limit: u64| level + 60_000 <= limit * 60_000;
        if let Some(limit) = limits.requests_per_minute
            && !room(level(self.requests.iter().map(|at| (*at, 1)), limit, now), limit)
        {
            return Some(Exceeded::Requests);
        }
        if let Some(limit) = limits.tokens_per_minute
            && !room(level(self.tokens.iter().copied(), limit, now), limit)
        {
            return Some(Exceeded::Tokens);
        }
        if let Some(limit) = limits.runs {
            let live = self.places.iter().filter(|(other, ends)| **other != run && **ends > now).count();
            let has_one = self.places.get(&run).is_some_and(|ends| *ends > now);
            if !has_one && live as u64 >= limit {
                return Some(Exceeded::Runs);
            }
            self.places.insert(run, ends);
        }
        self.requests.push(now);
        None
    }
}

#[derive(Debug, Clone)]
enum Step {
    Wait(u64),
    Take(usize, u128),
    Renew(usize, u128),
    Settle(usize, u128, u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (0_u64..20_000).prop_map(Step::Wait),
        (0_u64..50).prop_map(Step::Wait),
        (0_usize..3, 0_u128..6).prop_map(|(account, run)| Step::Take(account, run)),
        (0_usize..3, 0_u128..6).prop_map(|(account, run)| Step::Take(account, run)),
        (0_usize..3, 0_u128..6).prop_map(|(account, run)| Step::Renew(account, run)),
        (0_usize..3, 0_u128..6, 0_u64..40)
            .prop_map(|(account, run, tokens)| Step::Settle(account, run, tokens)),
    ]
}

const LEASE: Duration = Duration::from_secs(15);

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn it_counts_as_one_that_remembers_everything(
        requests in proptest::option::of(1_u64..8),
        tokens in proptest::option::of(1_u64..60),
        runs in proptest::option::of(1_u64..4),
        steps in proptest::collection::vec(step(), 1..120),
    ) {
        let limits = Limits { requests_per_minute: requests, tokens_per_minute: tokens, runs };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let store = InMemoryLimitStore::default();
            let accounts =
                [LimitAccount::Everybody, LimitAccount::Anonymous, LimitAccount::Caller("a".into())];
            let mut naive: [Naive; 3] = Default::default();
            let mut now = 0;
            for step in steps {
                match step {
                    Step::Wait(milliseconds) => {
                        advance(Duration::from_millis(milliseconds)).await;
                        now += milliseconds;
                    }
                    Step::Take(which, run) => {
                        let taken = store.take(&accounts[which], &limits, &RunPlace { run, lease: LEASE }).await;
                        let found = match taken.unwrap() {
                            Taken::Granted(_) => None,
                            Taken::Refused { limit, .. } => Some(limit),
                        };
                        let ends = now + 15_000;
                        prop_assert_eq!(found, naive[which].take(&limits, run, ends, now));
                    }
                    Step::Renew(which, run) => {
                        store.renew(&accounts[which], &[run], LEASE).await.unwrap();
                        naive[which].places.insert(run, now + 15_000);
                    }
                    Step::Settle(which, run, tokens) => {
                        let settlement = Settlement { runs: vec![run], tokens, refunded: 0 };
                        store.settle(&accounts[which], &limits, &settlement).await.unwrap();
                        naive[which].tokens.push((now, tokens));
                        naive[which].places.remove(&run);
                    }
                }
            }
            Ok(())
        })?;
    }
}

fn requests(limit: u64) -> Limits {
    Limits { requests_per_minute: Some(limit), ..Limits::default() }
}

fn caller(number: usize) -> LimitAccount {
    LimitAccount::Caller(number.to_string().into())
}

const PLACE: RunPlace = RunPlace { run: 1, lease: LEASE };

#[tokio::test(start_paused = true)]
async fn what_has_recovered_is_forgotten_and_nothing_else() {
    let store = InMemoryLimitStore::default();
    for number in 0..1_000 {
        store.take_now(&caller(number), &requests(60), PLACE);
        advance(Duration::from_millis(10)).await;
        // A request of 60 a minute is made up for in a second.
        assert_eq!(store.kept(), (number + 1).min(100));
    }
    advance(Duration::from_secs(1)).await;
    store.take_now(&caller(0), &Limits::default(), PLACE);
    assert_eq!(store.kept(), 0);
}

#[tokio::test(start_paused = true)]
async fn of_too_many_those_go_that_are_nearest_to_recovery() {
    let store = InMemoryLimitStore::new(10);
    // The first ones have asked for less.
    for number in 0..20 {
        for _ in 0..=number {
            store.take_now(&caller(number), &requests(60), PLACE);
        }
        assert!(store.kept() <= 10);
    }
    let is_known = |number: usize| {
        let Taken::Granted(standing) = store.take_now(&caller(number), &requests(60), PLACE) else {
            return true;
        };
        standing.requests.unwrap().remaining < 59
    };
    assert!((11..20).rev().all(is_known), "those who have asked for most are still known");
}

#[tokio::test(start_paused = true)]
async fn a_place_without_an_end_stays_until_it_is_settled() {
    let store = InMemoryLimitStore::default();
    let limits = Limits { runs: Some(2), ..Limits::default() };
    let mut granted = HashSet::new();
    for run in 0..4 {
        let place = RunPlace { run, lease: Duration::MAX };
        if matches!(store.take_now(&LimitAccount::Anonymous, &limits, place), Taken::Granted(_)) {
            granted.insert(run);
        }
    }
    assert_eq!(granted, HashSet::from([0, 1]));
    advance(Duration::from_secs(1_000_000)).await;
    assert_eq!(store.kept(), 1);
    let settlement = Settlement { runs: vec![0, 1], ..Settlement::default() };
    store.settle(&LimitAccount::Anonymous, &limits, &settlement).await.unwrap();
    assert_eq!(store.kept(), 0);
}
