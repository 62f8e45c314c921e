//! What becomes of a run and its session, however the run ends; in paused time.

mod bench;

use std::time::Duration;

use self::bench::{Bench, Notes};
use super::*;
use crate::session::Concurrency;
use crate::stream::Interruption;

fn policies(on_failure: OnFailure, concurrency: Concurrency) -> Policies {
    Policies { concurrency, on_failure, ..Policies::default() }
}

const KEEP: Policies = Policies {
    on_disconnect: OnDisconnect::Cancel,
    concurrency: Concurrency::Enqueue,
    on_failure: OnFailure::Keep,
};

#[tokio::test(start_paused = true)]
async fn a_failed_run_is_rolled_back_or_kept() {
    for (on_failure, failed, expired) in [
        (OnFailure::Rollback, &[][..], &[][..]),
        (OnFailure::Keep, &["a", "fail"][..], &["a", "hang", "gone"][..]),
    ] {
        let policies = policies(on_failure, Concurrency::Enqueue);
        let bench = Bench::new();
        assert!(matches!(bench.ask("a fail", Some("f"), policies).await, Err(Failure::Agent(_))));
        assert_eq!(bench.lines("f").await, failed);
        let outcome = bench.ask("a hang", Some("h"), policies).await;
        assert!(matches!(outcome, Ok(Ending::Expired(Clock::FirstEvent))));
        assert_eq!(bench.lines("h").await, expired, "the call is gone before its memory is looked at");
        assert!(matches!(bench.ask("a panic", Some("p"), policies).await, Err(Failure::Panicked(_))));
        assert_eq!(bench.notes("p").await, Notes::default(), "after a panic nothing is kept");
        assert!(bench.ask("a well", Some("w"), policies).await.is_ok());
        assert_eq!(bench.notes("w").await.settled, 0, "a run that ended well is stored as it is");
    }
}

#[tokio::test(start_paused = true)]
async fn every_interruption_ends_the_run_as_its_policy_says() {
    use Interruption::{Cancelled, Disconnected, Shutdown, Superseded};
    for (why, by_rollback, by_keep) in [
        (Cancelled, false, true),
        (Disconnected, false, true),
        (Shutdown, false, true),
        (Superseded { keep: true }, true, true),
        (Superseded { keep: false }, false, false),
    ] {
        for (on_failure, kept) in [(OnFailure::Rollback, by_rollback), (OnFailure::Keep, by_keep)] {
            let bench = Bench::new();
            let run = bench.ask("hang", Some("s"), policies(on_failure, Concurrency::Enqueue)).begin();
            run.output.interrupt(why);
            let Err(Failure::Interrupted(told)) = run.await else { panic!("{why:?}") };
            assert_eq!(told, why);
            let lines: &[&str] = if kept { &["hang", "gone"] } else { &[] };
            assert_eq!(bench.notes("s").await.lines, lines, "{why:?} {on_failure:?}");
            assert_eq!(bench.notes("s").await.settled, u32::from(kept));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_run_without_a_session_is_kept_under_its_new_id() {
    let bench = Bench::new();
    assert!(bench.ask("a fail", None, KEEP).await.is_err());
    assert_eq!(bench.lines("unnamed").await, ["a", "fail"]);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_kept_hides_nothing() {
    let bench = Bench::new();
    let long = format!("{} fail", "x".repeat(2000));
    for question in [&*long, "unsettling fail"] {
        let Err(Failure::Agent(error)) = bench.ask(question, Some("s"), KEEP).await else {
            panic!("{question}")
        };
        assert!(format!("{error:?}").contains("as told"));
        assert_eq!(bench.notes("s").await, Notes::default());
    }
}

#[tokio::test(start_paused = true)]
async fn an_interruption_reaches_a_run_that_waits_for_its_session() {
    let bench = Bench::new();
    let running = bench.ask("hang", Some("s"), Policies::default()).begin();
    for on_failure in OnFailure::ALL {
        let waiting = bench.ask("waits", Some("s"), policies(on_failure, Concurrency::Enqueue)).begin();
        assert!(!waiting.output.activity().begun);
        waiting.output.interrupt(Interruption::Cancelled);
        assert!(matches!(waiting.await, Err(Failure::Interrupted(Interruption::Cancelled))));
    }
    drop(running);
    assert_eq!(bench.notes("s").await, Notes::default());
}

#[tokio::test(start_paused = true)]
async fn an_interruption_wakes_the_task_that_polls_the_run() {
    let bench = Bench::new();
    for question in ["hang", "flood"] {
        let run = bench.ask(question, Some("s"), Policies::default());
        let output = run.output.clone();
        let mut tasks = tokio::task::JoinSet::new();
        tasks.spawn(run);
        // Time stands still while anybody has something to do, which a flood always has.
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        let before = tokio::time::Instant::now();
        output.interrupt(Interruption::Cancelled);
        assert!(matches!(tasks.join_next().await, Some(Ok(Err(Failure::Interrupted(_))))));
        assert_eq!(before.elapsed(), Duration::ZERO);
    }
}

#[tokio::test(start_paused = true)]
async fn a_later_turn_ends_those_before_it() {
    for (concurrency, kept) in
        [(Concurrency::Interrupt, &["hang", "gone", "next"][..]), (Concurrency::Rollback, &["next"][..])]
    {
        let bench = Bench::new();
        let mut tasks = tokio::task::JoinSet::new();
        for question in ["hang", "waits", "waits"] {
            tasks.spawn(bench.ask(question, Some("s"), Policies::default()));
            tokio::task::yield_now().await;
        }
        let before = tokio::time::Instant::now();
        let next = bench.ask("next", Some("s"), policies(OnFailure::Rollback, concurrency));
        assert!(matches!(next.await, Ok(Ending::Completed(_))));
        let (mut superseded, mut never_began) = (0, 0);
        for outcome in tasks.join_all().await {
            match outcome {
                Err(Failure::Interrupted(Interruption::Superseded { .. })) => superseded += 1,
                Err(Failure::Session(crate::session::SessionError::Superseded)) => never_began += 1,
                other => panic!("{other:?}"),
            }
        }
        assert_eq!((superseded, never_began), (1, 2));
        assert_eq!(before.elapsed(), Duration::ZERO, "nobody waits for a clock");
        assert_eq!(bench.lines("s").await, kept);
    }
}

#[tokio::test(start_paused = true)]
async fn a_later_turn_that_rejects_is_refused() {
    let bench = Bench::new();
    let running = bench.ask("hang", Some("s"), Policies::default()).begin();
    let refused = bench.ask("next", Some("s"), policies(OnFailure::Rollback, Concurrency::Reject)).await;
    let Err(Failure::Session(error)) = refused else { panic!("{refused:?}") };
    assert_eq!(error.retry_after(), Some(Duration::from_secs(1)));
    assert!(running.output.interruption().is_none());
}
