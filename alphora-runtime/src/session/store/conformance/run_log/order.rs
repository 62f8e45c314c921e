//! Events in their order, and readers who wait for them.

use std::time::Duration;

use tokio::task::JoinSet;

use super::super::Violation;
use super::super::log_bench::{LogBench, event};
use crate::session::store::{LoggedEvent, RunEvents};

const EVENTS: u64 = 1_000;

pub(in super::super) async fn kept(bench: &LogBench) -> Result<(), Violation> {
    let run = bench.opened().await?;
    bench.same("read a run without events", &run.read_all(0).await?, &(Vec::new(), false))?;
    let events: Vec<LoggedEvent> = (1..=EVENTS).map(event).collect();
    run.append(&events[..1]).await?;
    bench.same("read one event", &run.read_all(0).await?, &(vec![event(1)], false))?;
    for some in events[1..].chunks(150) {
        run.append(some).await?;
    }
    for after in [0, 1, 2, 149, 150, 151, EVENTS - 1, EVENTS] {
        let expected: Vec<_> = (after + 1..=EVENTS).map(event).collect();
        bench.same(&format!("read after {after}"), &run.read_all(after).await?, &(expected, false))?;
    }
    Ok(())
}

pub(in super::super) async fn waits(bench: &LogBench) -> Result<(), Violation> {
    let run = bench.opened().await?;
    let found = run.read(0, Duration::from_millis(50)).await?;
    bench.same(
        "waited for events that do not come",
        &found,
        &RunEvents::Events { events: vec![], ended: false },
    )?;

    let mut readers = JoinSet::new();
    for _ in 0..4 {
        let run = run.clone();
        readers.spawn(async move {
            let (mut all, mut after) = (Vec::new(), 0);
            loop {
                match run.read(after, Duration::from_secs(2)).await? {
                    RunEvents::Events { events, ended } => {
                        all.extend(events);
                        after = all.last().map_or(0, |event: &LoggedEvent| event.id);
                        if ended {
                            return Ok(all);
                        }
                    }
                    other => return Err(run.bench.violation("waited for events", "Events", other)),
                }
            }
        });
    }
    for id in 1..=10 {
        tokio::time::sleep(Duration::from_millis(20)).await;
        run.append(&[event(2 * id - 1), event(2 * id)]).await?;
    }
    run.finish().await?;
    while let Some(reader) = readers.join_next().await {
        let events = reader.map_err(|error| bench.violation("read in a task", "no panic", error))??;
        bench.same("read while events came", &events, &(1..=20).map(event).collect())?;
    }
    Ok(())
}
