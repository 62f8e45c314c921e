//! How much of a run is kept, and for how long.

use std::time::Duration;

use bytes::Bytes;

use super::super::Violation;
use super::super::log_bench::{LogBench, Run, event};
use crate::session::store::{LoggedEvent, RunEvents, RunLogLimits, StoreError};

const EVENTS: u64 = 64;
const EVENT: usize = 1 << 10;
const BYTES: usize = 8 << 10;

pub(in super::super) async fn bytes(bench: &LogBench) -> Result<(), Violation> {
    let run = bench.run()?;
    run.open(&RunLogLimits { bytes: BYTES, ..RunLogLimits::default() }).await?;
    for id in 1..=EVENTS {
        run.append(&[LoggedEvent { id, bytes: Bytes::from(vec![b'x'; EVENT]) }]).await?;
    }
    // Those that are gone are the oldest, and a reader that has had them goes on.
    let mut first = 0;
    while matches!(run.read(first, Duration::ZERO).await?, RunEvents::Gone) {
        first += 1;
    }
    let (events, _) = run.read_all(first).await?;
    let ids: Vec<_> = events.iter().map(|event| event.id).collect();
    bench.same("read what is left of a log", &ids, &(first + 1..=EVENTS).collect())?;
    let kept: usize = events.iter().map(|event| event.bytes.len()).sum();
    if kept == 0 || kept > BYTES {
        let action = format!("appended {EVENTS} events of {EVENT} bytes to a log of {BYTES}");
        return Err(bench.violation(action, "more than none, and no more than its bytes", kept));
    }
    Ok(())
}

pub(in super::super) async fn time(bench: &LogBench) -> Result<(), Violation> {
    let time = Duration::from_millis(200);
    let limits = RunLogLimits { time, ..RunLogLimits::default() };
    let abandoned = bench.run()?;
    abandoned.open(&limits).await?;
    let finished = bench.run()?;
    finished.open(&limits).await?;
    finished.append(&[event(1)]).await?;
    finished.finish().await?;
    for run in [abandoned, finished] {
        is_gone(bench, &run).await?;
    }
    Ok(())
}

/// Whether a log goes soon after its time.
async fn is_gone(bench: &LogBench, run: &Run) -> Result<(), Violation> {
    for _ in 0..200 {
        if run.read(0, Duration::ZERO).await? == RunEvents::Unknown {
            bench.same("cancelled a run whose time is over", &run.cancel().await?, &false)?;
            let appended = bench.store.append(&run.key, &[event(2)]).await;
            return bench.same(
                "appended to a run whose time is over",
                &appended,
                &Err(StoreError::UnknownRun),
            );
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Err(bench.violation(
        "waited 20 seconds for a log of 200 ms to go",
        "Unknown",
        run.read(0, Duration::ZERO).await?,
    ))
}
