//! All checks, and what runs them one after another.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::limit_store::{accounts, places, requests, tokens};
use super::run_log::{bounds, cancelling, claims, endings, order, owners, signs};
use super::session_store::{
    begin, busy, change, delete, drop_midway, expired_lease, expiry, fences, forever, in_use, known, listing,
    names, placeholder, preempt, races, reading, release, renew, replay, short_leases, statistics, sweep,
    too_large, touching,
};
use super::subject::Subject;
use super::{Check, Violation};
use crate::session::store::{LimitStore, RunLog, SessionStore};

/// What was checked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// The names of the checks that passed and how long each took, in their order.
    pub passed: Vec<(&'static str, Duration)>,
}

/// A check, from its function.
macro_rules! check {
    ($name:literal, $promise:literal, $steps:path) => {
        Check {
            name: $name,
            promise: $promise,
            steps: |check, store| Box::pin(async move { $steps(&Subject::new(check, store)?).await }),
        }
    };
}

/// The checks of a session store, in the order in which [`session_store`] runs them.
pub static SESSION_STORE: &[Check<dyn SessionStore>] = &[
    check!("begin_anew", "a session that is not there begins anew, with version 0", begin::anew),
    check!("begin_stored", "what was committed is there when the next turn begins", begin::stored),
    check!("fences_grow", "each lease of a session has a higher fence than every earlier one", fences::grow),
    check!(
        "fences_same_turn",
        "a turn that begins again has a new lease, and its old one is fenced",
        fences::same_turn
    ),
    check!(
        "busy",
        "a session that is in use is lent to nobody else, who is told for how long",
        busy::refuses
    ),
    check!("change_replace", "a commit that replaces leaves its snapshot and no pieces", change::replaces),
    check!(
        "change_append",
        "what is appended stands after the snapshot, the earliest first",
        change::appends
    ),
    check!("change_touch", "a commit that touches changes nothing but version and stamp", change::touches),
    check!("change_bytes", "every byte that is committed comes back as it was", change::any_bytes),
    check!(
        "versions",
        "each commit makes the next version, and its stamp is the fence of its lease",
        change::versions
    ),
    check!(
        "known",
        "a turn that knows the stored record is not sent it again, and any other is",
        known::stamps
    ),
    check!(
        "known_of_another_life",
        "the stamp of a session that was deleted never fits the one that began anew",
        known::another_life
    ),
    check!(
        "replay_commit",
        "a turn that commits a second time changes nothing and is told its version",
        replay::commit
    ),
    check!("replay_begin", "a turn that begins after its commit is told its version", replay::begin),
    check!(
        "expired_lease_taken",
        "a lease that expired is lent to another turn, and the late commit is fenced",
        expired_lease::taken
    ),
    check!(
        "expired_lease_not_taken",
        "a lease that expired and that nobody took can be renewed and committed",
        expired_lease::not_taken
    ),
    check!("renew", "a lease that is renewed lasts its own duration from then on", renew::keeps),
    check!(
        "release",
        "a lease that is released leaves the session as it was, free for the next turn",
        release::frees
    ),
    check!(
        "release_lost",
        "to release a lease that was lost is no error and touches nobody else's",
        release::lost
    ),
    check!(
        "preempt",
        "a preemption is heard by the turn that has the session, when it renews",
        preempt::heard
    ),
    check!("preempt_kept", "a turn that begins a second time still hears of a preemption", preempt::kept),
    check!("preempt_ends", "a preemption ends with the lease that it was meant for", preempt::ends),
    check!("delete", "a session that was deleted is gone, and the next turn begins anew", delete::gone),
    check!(
        "delete_in_use",
        "a turn whose session is deleted cannot commit, and another one begins at once",
        delete::in_use
    ),
    check!(
        "ttl_slides",
        "the time to live begins anew when a turn begins and when it commits",
        expiry::slides
    ),
    check!("ttl_exact", "a session that has expired is gone at once, swept or not", expiry::exact),
    check!("ttl_in_use", "a session that is in use does not expire", in_use::stays),
    check!("forever", "a time to live or a lease without an end is no error", forever::durations),
    check!(
        "placeholder",
        "a session that was never committed can neither be read nor listed",
        placeholder::invisible
    ),
    check!(
        "placeholder_vanishes",
        "a session that was never committed vanishes with its lease",
        placeholder::vanishes
    ),
    check!("list_order", "a list has the sessions in the order of their ids' bytes", listing::order),
    check!("list_pages", "the pages of a list have each session once", listing::pages),
    check!("isolation", "a session of another agent or owner is one that does not exist", listing::isolation),
    check!(
        "names",
        "names of agents and owners may have any characters, and no two names meet",
        names::strange
    ),
    check!("read", "who reads is told the record and its times", reading::tells),
    check!(
        "read_does_not_touch",
        "reading and listing leave a session's times as they were",
        reading::does_not_touch
    ),
    check!(
        "touching_times",
        "a commit moves the last use and leaves the time of the first commit",
        touching::times
    ),
    check!("statistics", "sessions count from their first commit until they are deleted", statistics::count),
    check!(
        "too_large",
        "a commit that would make a session too large leaves it as it was",
        too_large::refused
    ),
    check!("sweep", "a sweep removes what has expired, nothing else, and says how much", sweep::expired),
    check!("race_begin", "of many turns that begin at once, one has the session", races::begin),
    check!("race_sessions", "turns of different sessions do not disturb each other", races::sessions),
    check!(
        "race_short_leases",
        "however leases expire, no acknowledged commit is lost, doubled or mixed with another",
        short_leases::turns
    ),
    check!("drop_midway", "a call that is dropped midway is done whole or not at all", drop_midway::whole),
];

/// The checks of a run log, in the order in which [`run_log`] runs them.
pub static RUN_LOG: &[Check<dyn RunLog>] = &[
    check!("log_unknown", "a run that was never opened is unknown", owners::unknown),
    check!(
        "log_order",
        "events come back as they were appended, in their order, after any of them",
        order::kept
    ),
    check!(
        "log_waits",
        "a reader that waits is given what comes, and no more than it waits for",
        order::waits
    ),
    check!("log_end", "a run that has finished says so after its last event, and not before", endings::said),
    check!(
        "log_bytes",
        "a log that would hold more than its bytes forgets its oldest events, and says so",
        bounds::bytes
    ),
    check!("log_time", "a log whose time is over is unknown", bounds::time),
    check!("log_owners", "another owner's or agent's run is one that does not exist", owners::isolated),
    check!(
        "log_cancel",
        "a run that is asked to end hears of it, once there is such a run",
        cancelling::heard
    ),
    check!(
        "log_silence",
        "it is told for how long the process of a run that has not ended was silent",
        signs::told
    ),
    check!("claim", "what is claimed belongs to one note, which others are told", claims::once),
    check!(
        "claim_given_up",
        "a claim can be given up with its own note, and with no other",
        claims::given_up
    ),
    check!(
        "claim_time",
        "a claim lasts for its time, which its note can make longer or shorter",
        claims::expires
    ),
    check!("claim_race", "of many that claim at once, one succeeds", claims::race),
];

/// The checks of a store of limits, in the order in which [`limit_store`] runs them.
pub static LIMIT_STORE: &[Check<dyn LimitStore>] = &[
    check!(
        "limit_requests",
        "an account is granted as many requests as its limit, and then as time adds",
        requests::limited
    ),
    check!("limit_races", "however many ask at once, no more are granted than one by one", requests::races),
    check!(
        "limit_refused",
        "a request that is refused, or is given back, counts for nothing",
        requests::refused_ones_count_nothing
    ),
    check!("limit_recovery", "what time has made up for is there again, exactly", requests::recovered),
    check!("limit_none", "what is not limited is not counted", requests::without_a_limit),
    check!(
        "limit_tokens",
        "tokens are charged when they are known, and what is too much has to be made up for",
        tokens::charged
    ),
    check!("limit_tokens_recovery", "who has used too much is granted again in time", tokens::recovered),
    check!("limit_places", "there are no more runs at once than the limit", places::limited),
    check!(
        "limit_leases",
        "a place that is not renewed is free when its lease is over, and one that is renewed is not",
        places::leases
    ),
    check!("limit_many_places", "thousands of runs have their places", places::many),
    check!("limit_accounts", "accounts are apart, whatever is in their names", accounts::apart),
];

/// Runs every check of a session store; it may hold other things and be used by others meanwhile.
///
/// It must run in a Tokio runtime whose timer is enabled; races show more in one with several threads. It takes some
/// ten seconds for a store that answers within milliseconds.
///
/// # Errors
/// The first promise that is not kept.
pub async fn session_store(store: Arc<dyn SessionStore>) -> Result<Report, Violation> {
    run_all(SESSION_STORE, &store).await
}

/// Runs every check of a run log; it may hold other runs and be used by others meanwhile. Takes a few seconds.
///
/// # Errors
/// The first promise that is not kept.
pub async fn run_log(log: Arc<dyn RunLog>) -> Result<Report, Violation> {
    run_all(RUN_LOG, &log).await
}

/// Runs every check of a store of limits; it may hold other accounts and be used by others meanwhile. Takes a few seconds.
///
/// # Errors
/// The first promise that is not kept.
pub async fn limit_store(store: Arc<dyn LimitStore>) -> Result<Report, Violation> {
    run_all(LIMIT_STORE, &store).await
}

async fn run_all<S: ?Sized>(checks: &'static [Check<S>], subject: &Arc<S>) -> Result<Report, Violation> {
    let mut report = Report::default();
    for check in checks {
        let begun = Instant::now();
        check.run(Arc::clone(subject)).await?;
        report.passed.push((check.name, begun.elapsed()));
    }
    Ok(report)
}
