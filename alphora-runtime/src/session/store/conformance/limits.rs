//! How much a store keeps, and which sessions go when it is too much.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::bench::{Bench, SHORT, Session, replace};
use super::session_store::sweep::sweep_all;
use super::{Report, Violation};
use crate::session::store::{Claim, SessionStore, StoreLimits};
use crate::session::{Owner, SessionId, SessionKey};

const NAME: &str = "keeps_its_limits";
const PROMISE: &str =
    "what is over a limit goes, unnamed sessions first, then those used least recently, none in use";

/// More than the resolution of a store's times.
const APART: Duration = Duration::from_millis(10);

/// What each session takes.
const BYTES: u64 = 10;

/// Checks that a store keeps no more than its limits, and which sessions go.
///
/// `open` gives a store with these limits that is empty and that nobody else uses; it is called a few times.
///
/// # Errors
/// More is kept after a sweep than the limits say, or the wrong sessions went.
pub async fn keeps_its_limits(
    open: impl Fn(StoreLimits) -> Arc<dyn SessionStore>,
) -> Result<Report, Violation> {
    let begun = Instant::now();
    let none = StoreLimits::default();
    for limits in [
        StoreLimits { sessions: Some(6), ..none },
        StoreLimits { bytes: Some(6 * BYTES), ..none },
        StoreLimits { owner_sessions: Some(6), ..none },
        StoreLimits { owner_bytes: Some(6 * BYTES), ..none },
    ] {
        let bench = Bench::of(NAME, PROMISE, open(limits))?;
        let is_of_owners = limits.owner_sessions.or(limits.owner_bytes).is_some();
        who_goes(&bench, is_of_owners).await?;
        bench.done("closed the store", bench.store.close().await)?;
    }
    let mut report = Report::default();
    report.passed.push((NAME, begun.elapsed()));
    Ok(report)
}

/// Fills a store that has room for six sessions with nine, one of which is in use.
async fn who_goes(bench: &Bench, is_of_owners: bool) -> Result<(), Violation> {
    let neighbours = [Owner::anonymous(), Owner::named("a neighbour")];
    let mut apart = Vec::new();
    if is_of_owners {
        // Eight of nobody in particular, who has no limit, and two of another owner.
        for (owner, count) in neighbours.iter().zip([8, 2]) {
            for _ in 0..count {
                let id = SessionId::generate()
                    .map_err(|error| bench.violation("generated an id", "an id", error))?;
                let key = SessionKey::new(Arc::clone(&bench.agent), owner.clone(), id);
                apart.push(commit(bench.session_of(key), false).await?);
            }
        }
    }
    let used = commit(bench.session()?, true).await?;
    let (lease, _) = used.lend().await?;
    let mut sessions = Vec::new();
    // In the order in which they are used: four named ones, then four that nobody has named.
    for named in [true, true, true, true, false, false, false, false] {
        sessions.push(commit(bench.session()?, named).await?);
        tokio::time::sleep(APART).await;
    }
    sweep_all(bench).await?;
    // Three of nine are too many: unnamed ones, the earliest first.
    let found = present(&sessions).await?;
    let expected = [true, true, true, true, false, false, false, true];
    bench.same("swept nine sessions, one of them in use, with room for six", &found, &expected.to_vec())?;
    bench.holds("looked for the session in use", "the session", (), used.read().await?.is_some())?;

    // When there are no unnamed ones, the named ones follow; the first of them is in use once more.
    let first = sessions.remove(0);
    let (held, _) = first.lend().await?;
    for _ in 0..2 {
        sessions.push(commit(bench.session()?, true).await?);
        tokio::time::sleep(APART).await;
    }
    sweep_all(bench).await?;
    let found = present(&sessions).await?;
    let expected = [false, true, true, false, false, false, false, true, true];
    bench.same("swept eight sessions, two of them in use, with room for six", &found, &expected.to_vec())?;
    for (session, lease) in [(&used, &lease), (&first, &held)] {
        session.commit(lease, replace("0123456789")).await?;
    }
    bench.same("looked at other owners' sessions", &present(&apart).await?, &vec![true; apart.len()])?;
    let statistics = bench.done("asked for statistics", bench.store.statistics().await)?;
    let most = 6 + apart.len() as u64;
    let is_kept = statistics.sessions <= most && statistics.bytes <= most * BYTES;
    bench.holds("asked for statistics", &format!("at most {most} sessions"), statistics, is_kept)
}

/// One turn of ten bytes.
async fn commit(session: Session, named: bool) -> Result<Session, Violation> {
    let claim = Claim { named, lease: SHORT * 50, ..session.bench.claim()? };
    let (lease, _) = session.grant(&claim).await?;
    session.commit(&lease, replace("0123456789")).await?;
    Ok(session)
}

async fn present(sessions: &[Session]) -> Result<Vec<bool>, Violation> {
    let mut present = Vec::new();
    for session in sessions {
        present.push(session.read().await?.is_some());
    }
    Ok(present)
}
