//! The published checks: a store of a user's own passes them, and one that breaks a promise is told which.

use std::sync::Arc;

use alphora::session::store::conformance::{self, Check, Violation};
use alphora::session::store::{InMemoryStore, RunLog, SessionStore, StoreLimits};

use super::careless_log::{CarelessLog, Carelessness};
use super::faulty::{Fault, Faulty};

#[tokio::test(start_paused = true)]
async fn a_store_in_front_of_another_passes() {
    let store = Arc::new(Faulty::new(Fault::None));
    let report = conformance::session_store(store).await.unwrap_or_else(|violation| panic!("{violation}"));
    assert_eq!(report.passed.len(), conformance::SESSION_STORE.len());
}

#[tokio::test(start_paused = true)]
async fn the_log_of_a_shared_store_passes() {
    let log: Arc<dyn RunLog> = InMemoryStore::default().run_log().expect("a store in memory has a log");
    conformance::run_log(log).await.unwrap_or_else(|violation| panic!("{violation}"));
}

/// Each fault, and checks that must find it.
const FOUND: &[(Fault, &[&str])] = &[
    (Fault::GrantsWhatIsInUse, &["busy", "renew", "ttl_in_use"]),
    (Fault::AcknowledgesWhatIsFenced, &["fences_same_turn", "expired_lease_taken"]),
    (Fault::ForgetsTheLastTurn, &["replay_commit", "replay_begin"]),
    (Fault::SaysKnownToAll, &["known", "known_of_another_life"]),
    (Fault::RepeatsFences, &["fences_grow", "fences_same_turn"]),
    (Fault::ReversesPieces, &["change_append"]),
    (Fault::TouchesWhenRead, &["read_does_not_touch"]),
    (Fault::KeepsForLonger, &["ttl_slides", "ttl_exact"]),
    (Fault::KeepsPreemptions, &["preempt", "preempt_ends"]),
    (Fault::SharesAmongOwners, &["isolation", "names"]),
    (Fault::ListsBackwards, &["list_order", "list_pages"]),
    (Fault::NeverHasMore, &["list_pages"]),
    (Fault::CountsTwice, &["statistics"]),
    (Fault::SweepsInSilence, &["sweep"]),
    (Fault::ForgetsWhatWasTooLarge, &["too_large"]),
    (Fault::DeletesInSilence, &["delete", "delete_in_use"]),
];

#[tokio::test(start_paused = true)]
async fn each_broken_promise_is_found_and_named() {
    for (fault, checks) in FOUND {
        let mut found = Vec::new();
        for check in conformance::SESSION_STORE {
            let store: Arc<dyn SessionStore> = Arc::new(Faulty::new(*fault));
            if let Err(violation) = check.run(store).await {
                assert_names(check, &violation);
                found.push(check.name);
            }
        }
        for check in *checks {
            assert!(found.contains(check), "{fault:?} is not found by `{check}`, but by {found:?}");
        }
    }
}

/// Each carelessness of a log, and the checks that must find it.
const FOUND_IN_LOGS: &[(Carelessness, &[&str])] = &[
    (Carelessness::None, &[]),
    (Carelessness::ClaimsInTwoSteps, &["claim_race"]),
    (Carelessness::ClaimsAgainForAnybody, &["claim", "claim_race"]),
    (Carelessness::GivesUpForAnybody, &["claim_given_up"]),
    (Carelessness::KeepsClaimsForEver, &["claim_time"]),
    (Carelessness::TakesReadersForTheRun, &["log_silence"]),
    (Carelessness::AcknowledgesWhatHasNoLog, &["log_unknown", "log_time"]),
];

#[tokio::test(start_paused = true)]
async fn each_carelessness_of_a_log_is_found_and_named() {
    for (carelessness, checks) in FOUND_IN_LOGS {
        let mut found = Vec::new();
        for check in conformance::RUN_LOG {
            let log: Arc<dyn RunLog> = Arc::new(CarelessLog::new(*carelessness));
            if let Err(violation) = check.run(log).await {
                assert_eq!((violation.check, violation.promise), (check.name, check.promise));
                found.push(check.name);
            }
        }
        assert!(checks.iter().all(|check| found.contains(check)), "{carelessness:?} is found by {found:?}");
        assert_eq!(found.is_empty(), checks.is_empty(), "{found:?}");
    }
}

/// Whether a violation says all that helps.
fn assert_names(check: &Check<dyn SessionStore>, violation: &Violation) {
    assert_eq!((violation.check, violation.promise), (check.name, check.promise));
    let text = violation.to_string();
    for part in [check.name, check.promise, &violation.action, &violation.expected, &violation.found] {
        assert!(!part.is_empty() && text.contains(part), "{text}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_names_of_checks_are_theirs_alone() {
    let mut names: Vec<_> = conformance::SESSION_STORE.iter().map(|check| check.name).collect();
    names.extend(conformance::RUN_LOG.iter().map(|check| check.name));
    names.extend(conformance::LIMIT_STORE.iter().map(|check| check.name));
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all);
}

#[tokio::test(start_paused = true)]
async fn limits_and_reopening_are_checked_too() {
    let open = |limits: StoreLimits| Arc::new(InMemoryStore::new(limits)) as Arc<dyn SessionStore>;
    conformance::keeps_its_limits(open).await.unwrap_or_else(|violation| panic!("{violation}"));
    let unlimited = |_| Arc::new(InMemoryStore::default()) as Arc<dyn SessionStore>;
    assert_eq!(conformance::keeps_its_limits(unlimited).await.unwrap_err().check, "keeps_its_limits");
    // A store in memory has lost everything when it is opened again.
    let anew = || Arc::new(InMemoryStore::default()) as Arc<dyn SessionStore>;
    assert_eq!(conformance::survives_reopening(anew).await.unwrap_err().check, "survives_reopening");
}
