//! Turns whose leases expire while they run.

use std::time::Duration;

use bytes::Bytes;
use tokio::task::JoinSet;

use super::super::Violation;
use super::super::bench::{Bench, LONG, Session, TTL, append, replace};
use super::expired_lease::take_over;
use super::races::ended;
use crate::session::store::{Begun, Change, Claim, Committed, Content, Record, StoreError, StoreLease};

const TASKS: usize = 8;
const TURNS: usize = 50;
/// So short that it may expire by itself on a busy machine.
const LEASE: Duration = Duration::from_millis(30);
/// So long that it does.
const PAUSE: Duration = Duration::from_millis(60);
/// How often a turn asks for the session before it gives up.
const ASKING: usize = 10_000;

/// A commit that was acknowledged: the version that it has made, and its piece.
type Acknowledged = (u64, Bytes);

pub(in super::super) async fn turns(bench: &Bench) -> Result<(), Violation> {
    let session = bench.session()?;
    session.turn(replace("first")).await?;
    let mut racing = JoinSet::new();
    for task in 0..TASKS {
        racing.spawn(all_turns(session.clone(), task));
    }
    let mut acknowledged: Vec<Acknowledged> = Vec::new();
    for turns in ended(bench, racing).await? {
        acknowledged.extend(turns?);
    }
    acknowledged.sort_unstable();

    let record = session.record().await?;
    let action = format!("ran {TASKS} tasks of {TURNS} turns with leases that expire");
    bench.same(
        &format!("{action}: pieces and acknowledged commits"),
        &record.pieces.len(),
        &acknowledged.len(),
    )?;
    bench.same(&format!("{action}: the version"), &record.version, &(1 + acknowledged.len() as u64))?;
    let (versions, pieces): (Vec<_>, Vec<_>) = acknowledged.into_iter().unzip();
    bench.same(&format!("{action}: the versions"), &versions, &(2..=record.version).collect())?;
    bench.same(&format!("{action}: the pieces in the order of their versions"), &record.pieces, &pieces)?;
    bench.holds(&action, "some that are committed", record.version, record.version > 1)?;
    // However they ended, the session is free in the end.
    let (lease, _) = take_over(&session).await?;
    session.release(&lease).await
}

async fn all_turns(session: Session, task: usize) -> Result<Vec<Acknowledged>, Violation> {
    let mut acknowledged = Vec::new();
    let mut cached: Option<Record> = None;
    for turn in 0..TURNS {
        let pauses = (turn + task).is_multiple_of(7);
        // The last turn of each task is slow, but its lease is long: some commits come through on any machine.
        let lease = if turn + 1 == TURNS { LONG } else { LEASE };
        let lease = begin(&session, lease, &mut cached).await?;
        if pauses {
            tokio::time::sleep(PAUSE).await;
        }
        let piece = Bytes::from(format!("{task}/{turn}"));
        match session.try_commit(&lease, append(&format!("{task}/{turn}")), TTL).await {
            Ok(committed) => {
                let expected = Committed { version: lease.version + 1, replayed: false };
                session.bench.same("committed a turn", &committed, &expected)?;
                acknowledged.push((committed.version, piece.clone()));
                if turn % 5 == 0 {
                    again(&session, &lease, append(&format!("{task}/{turn}"))).await?;
                }
            }
            Err(StoreError::Fenced) => session.is_lost("a lease that was fenced", &lease).await?,
            Err(error) => {
                return Err(session.bench.violation("committed a turn", "a version, or Fenced", error));
            }
        }
    }
    Ok(acknowledged)
}

/// Gets the session, and compares what is said of it with what this task knew.
async fn begin(
    session: &Session,
    lease: Duration,
    cached: &mut Option<Record>,
) -> Result<StoreLease, Violation> {
    let bench = &session.bench;
    let known = cached.as_ref().map(|record| record.stamp);
    let claim = Claim { lease, known, ..bench.claim()? };
    for _ in 0..ASKING {
        match session.begin(&claim).await? {
            Begun::Busy { remaining } => tokio::time::sleep(remaining.min(LEASE / 10)).await,
            Begun::Granted { lease, content } => {
                match (content, &cached) {
                    (Content::Known, Some(record)) => {
                        bench.same("began with a stamp that is known", &lease.version, &record.version)?;
                    }
                    (Content::Stored(record), before) => {
                        bench.same("began", &lease.version, &record.version)?;
                        let pieces = before.as_ref().map_or(&[][..], |before| &before.pieces);
                        let is_more = record.pieces.starts_with(pieces);
                        bench.holds(
                            "began with a record that was seen",
                            "what it had, and more",
                            &record,
                            is_more,
                        )?;
                        *cached = Some(record);
                    }
                    (content, _) => {
                        return Err(bench.violation("began a stored session", "its record", content));
                    }
                }
                return Ok(lease);
            }
            other @ Begun::Replayed { .. } => {
                return Err(bench.violation("began a turn of its own", "Granted or Busy", other));
            }
        }
    }
    Err(bench.violation(format!("asked for a session {ASKING} times"), "Granted once", "Busy"))
}

/// Commits once more, as after an answer that was lost. By then another turn may have been committed.
async fn again(session: &Session, lease: &StoreLease, change: Change) -> Result<(), Violation> {
    let found = session.try_commit(lease, change, TTL).await;
    let replayed = Ok(Committed { version: lease.version + 1, replayed: true });
    let is_right = found == replayed || found == Err(StoreError::Fenced);
    session.bench.holds("committed a turn again", "a replay, or Fenced", found, is_right)
}
