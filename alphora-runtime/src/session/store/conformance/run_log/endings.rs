//! How a log ends.

use std::time::Duration;

use super::super::Violation;
use super::super::log_bench::{LogBench, event};
use crate::session::store::RunEvents;

pub(in super::super) async fn said(bench: &LogBench) -> Result<(), Violation> {
    let run = bench.opened().await?;
    let events: Vec<_> = (1..=600).map(event).collect();
    run.append(&events).await?;
    bench.same("read before the end", &run.read_all(0).await?, &(events.clone(), false))?;
    run.finish().await?;
    bench.same("read after the end", &run.read_all(0).await?, &(events.clone(), true))?;
    bench.same("read the rest after the end", &run.read_all(599).await?, &(vec![event(600)], true))?;
    // Nobody waits for what does not come.
    let found = run.read(600, Duration::from_secs(60)).await?;
    bench.same("read after the last event", &found, &RunEvents::Events { events: vec![], ended: true })?;
    // A run that has said nothing has an end as well.
    let silent = bench.opened().await?;
    silent.finish().await?;
    bench.same("read a run that has said nothing", &silent.read_all(0).await?, &(Vec::new(), true))
}
