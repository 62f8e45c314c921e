//! Runs that somebody asks to end.

use super::super::Violation;
use super::super::log_bench::LogBench;

pub(in super::super) async fn heard(bench: &LogBench) -> Result<(), Violation> {
    let run = bench.opened().await?;
    let other = bench.opened().await?;
    bench.same("asked before anybody wanted the run to end", &run.is_cancelled().await?, &false)?;
    for _ in 0..2 {
        bench.same("cancelled a run", &run.cancel().await?, &true)?;
        bench.same("asked whether it is cancelled", &run.is_cancelled().await?, &true)?;
    }
    bench.same("asked whether another run is cancelled", &other.is_cancelled().await?, &false)?;
    run.finish().await?;
    bench.same("cancelled a run that has ended", &run.cancel().await?, &false)
}
