//! Signs of life of the process where a run is.

use std::time::Duration;

use tokio::time::sleep;

use super::super::Violation;
use super::super::log_bench::{LogBench, event};

const SILENCE: Duration = Duration::from_millis(400);

/// More than a sign of life is old when it is asked for, and less than [`SILENCE`].
const LITTLE: Duration = Duration::from_millis(300);

/// What a silence of [`SILENCE`] has reached by any clock.
const LONG: Duration = Duration::from_millis(350);

pub(in super::super) async fn told(bench: &LogBench) -> Result<(), Violation> {
    let run = bench.run()?;
    bench.same("asked for the silence of a run that is not there", &run.silence().await?, &None)?;
    let run = bench.opened().await?;
    let is_recent = |found: Option<Duration>| found.is_some_and(|silence| silence < LITTLE);
    let is_long = |found: Option<Duration>| found.is_some_and(|silence| silence >= LONG);
    for sign in ["opened it", "appended to it", "asked whether it is cancelled"] {
        match sign {
            "appended to it" => run.append(&[event(1)]).await?,
            "asked whether it is cancelled" => drop(run.is_cancelled().await?),
            _ => {}
        }
        let found = run.silence().await?;
        if !is_recent(found) {
            return Err(bench.violation(sign, "a silence of some milliseconds", found));
        }
        sleep(SILENCE).await;
        // Who reads is not the run.
        run.read_all(0).await?;
        let found = run.silence().await?;
        if !is_long(found) {
            return Err(bench.violation(format!("{sign}, and waited for {SILENCE:?}"), "that time", found));
        }
    }
    run.finish().await?;
    bench.same("asked for the silence of a run that has ended", &run.silence().await?, &None)
}
