//! What it costs to keep sessions: turns per second of each store, how much room its sessions take, and a turn of a
//! session with many messages.
//!
//! `cargo bench -p alphora-tests --bench stores --features redis,postgres`; with `ALPHORA_BENCH_QUICK=1` a fraction of
//! it. A word after `--` chooses: `commits`, `sizes`, `messages`. Times are ratios to the store in memory in the same
//! round.

mod commits;
mod messages;
mod session;
mod sizes;
mod stores;
mod table;

#[expect(dead_code, reason = "the figures use the rest")]
#[path = "../figures/cluster/mod.rs"]
mod cluster;

use std::error::Error;
use std::pin::Pin;
use std::process::ExitCode;

use table::Table;

/// What can go wrong in a benchmark is only ever printed.
type Result<T = (), E = Box<dyn Error + Send + Sync>> = std::result::Result<T, E>;

/// Measures, quickly or well, and adds rows.
type Measure = fn(bool, &mut Table) -> Pin<Box<dyn Future<Output = Result> + '_>>;

fn main() -> Result<ExitCode> {
    let (options, wanted): (Vec<_>, Vec<_>) =
        std::env::args().skip(1).partition(|argument| argument.starts_with('-'));
    // `cargo test` starts benchmarks too.
    if !options.iter().any(|option| option == "--bench") {
        return Ok(ExitCode::SUCCESS);
    }
    let quick = std::env::var_os("ALPHORA_BENCH_QUICK").is_some();
    let measures: [(&str, Measure); 3] = [
        ("commits", |quick, table| Box::pin(commits::measure(quick, table))),
        ("sizes", |quick, table| Box::pin(sizes::measure(quick, table))),
        ("messages", |quick, table| Box::pin(messages::measure(quick, table))),
    ];
    let mut table = Table::default();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    for (name, measure) in measures {
        if wanted.is_empty() || wanted.iter().any(|word| name.contains(word.as_str())) {
            runtime.block_on(measure(quick, &mut table))?;
        }
    }
    table.print()?;
    Ok(if table.is_kept() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
