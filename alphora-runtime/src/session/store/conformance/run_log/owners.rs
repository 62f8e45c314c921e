//! Runs that are not there, or are another's.

use std::time::Duration;

use super::super::Violation;
use super::super::log_bench::{LogBench, Run, event};
use crate::session::Owner;
use crate::session::store::{RunEvents, RunKey, StoreError};

pub(in super::super) async fn unknown(bench: &LogBench) -> Result<(), Violation> {
    is_unknown(&bench.run()?).await
}

pub(in super::super) async fn isolated(bench: &LogBench) -> Result<(), Violation> {
    let run = bench.opened().await?;
    run.append(&[event(1)]).await?;
    let others = [
        RunKey { owner: Owner::anonymous(), ..run.key.clone() },
        RunKey { owner: Owner::named(""), ..run.key.clone() },
        RunKey { owner: Owner::named("another"), ..run.key.clone() },
        RunKey { agent: "another".into(), ..run.key.clone() },
        RunKey { run: run.key.run.wrapping_add(1), ..run.key.clone() },
    ];
    for key in others {
        is_unknown(&Run { bench: bench.clone(), key }).await?;
    }
    bench.same("asked whether a run is cancelled after others' tried", &run.is_cancelled().await?, &false)?;
    bench.same("read what is one's own", &run.read_all(0).await?, &(vec![event(1)], false))
}

async fn is_unknown(run: &Run) -> Result<(), Violation> {
    let bench = &run.bench;
    for (after, wait) in [(0, Duration::ZERO), (3, Duration::from_millis(50))] {
        let found = run.read(after, wait).await?;
        bench.same("read a run that is not there", &found, &RunEvents::Unknown)?;
    }
    let appended = bench.store.append(&run.key, &[event(1)]).await;
    bench.same("appended to a run that is not there", &appended, &Err(StoreError::UnknownRun))?;
    bench.same("cancelled a run that is not there", &run.cancel().await?, &false)?;
    bench.same("asked whether a run that is not there is cancelled", &run.is_cancelled().await?, &false)
}
