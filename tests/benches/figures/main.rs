//! The long figures: what has to hold under attack, under load and at the end, each against a healthy baseline of
//! the same run.
//!
//! `cargo bench -p alphora-tests --bench figures -- R4 R12` measures the figures that are named, and all of them if
//! none is. `ALPHORA_FIGURES_FRACTION=0.1` scales the counts down. It prints a table, and its exit code is 1 if a
//! figure is missed.
//!
//! In reading order: what a figure is, the server in a process of its own, what a client does and sees, and one
//! file a figure.

mod figure;
mod settings;
mod table;

mod server_process;
mod subject;

mod client;
mod latency;
mod load;
mod machine;
mod note;
mod parallel;
#[expect(dead_code, reason = "the other benchmark uses the rest")]
#[path = "../server/proc_stat.rs"]
mod proc_stat;

mod cluster;
mod turns;

mod r01_kills;
mod r02_lost_writes;
mod r03_malformed;
mod r04_slow_heads;
mod r05_stalled_readers;
mod r06_disconnects;
mod r07_failures;
mod r08_hung_agents;
mod r09_racing_turns;
mod r10_pool;
mod r11_replicas;
mod r12_drain;
mod r14_strangers;
mod r18_soak;
mod r19_watched;

use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

use figure::Figure;
use settings::Settings;

/// What can go wrong in a benchmark is only ever printed.
type Result<T = (), E = Box<dyn Error + Send + Sync>> = std::result::Result<T, E>;

/// All figures, in their order.
const FIGURES: &[Figure] = &[
    Figure {
        name: "R1",
        title: "`kill -9` among turns, of whatever keeps the sessions",
        limit: Duration::from_secs(600),
        run: |scale| Box::pin(r01_kills::run(scale)),
    },
    Figure {
        name: "R2",
        title: "a disk that loses what was not yet synced, under the embedded store",
        limit: Duration::from_secs(600),
        run: |scale| Box::pin(r02_lost_writes::run(scale)),
    },
    Figure {
        name: "R3",
        title: "requests that are none",
        limit: Duration::from_secs(300),
        run: |scale| Box::pin(r03_malformed::run(scale)),
    },
    Figure {
        name: "R4",
        title: "clients that send their requests byte by byte",
        limit: Duration::from_secs(240),
        run: |scale| Box::pin(r04_slow_heads::run(scale)),
    },
    Figure {
        name: "R5",
        title: "readers of streams that stop reading",
        limit: Duration::from_secs(240),
        run: |scale| Box::pin(r05_stalled_readers::run(scale)),
    },
    Figure {
        name: "R6",
        title: "clients that leave",
        limit: Duration::from_secs(300),
        run: |scale| Box::pin(r06_disconnects::run(scale)),
    },
    Figure {
        name: "R7",
        title: "agents that fail",
        limit: Duration::from_secs(120),
        run: |scale| Box::pin(r07_failures::run(scale)),
    },
    Figure {
        name: "R8",
        title: "agents that hang",
        limit: Duration::from_secs(120),
        run: |scale| Box::pin(r08_hung_agents::run(scale)),
    },
    Figure {
        name: "R9",
        title: "two turns of a session at once",
        limit: Duration::from_secs(300),
        run: |scale| Box::pin(r09_racing_turns::run(scale)),
    },
    Figure {
        name: "R10",
        title: "a million operations of the pool, and a million sessions",
        limit: Duration::from_secs(300),
        run: |scale| Box::pin(r10_pool::run(scale)),
    },
    Figure {
        name: "R11",
        title: "replicas of one store that stand still and die",
        limit: Duration::from_secs(600),
        run: |scale| Box::pin(r11_replicas::run(scale)),
    },
    Figure {
        name: "R12",
        title: "a signal to stop among live streams",
        limit: Duration::from_secs(120),
        run: |scale| Box::pin(r12_drain::run(scale)),
    },
    Figure {
        name: "R14",
        title: "ids of another owner's sessions and runs, and keys that are nearly right",
        limit: Duration::from_secs(240),
        run: |scale| Box::pin(r14_strangers::run(scale)),
    },
    Figure {
        name: "R18",
        title: "an ordinary load for a long time",
        limit: Duration::from_secs(2_000),
        run: |scale| Box::pin(r18_soak::run(scale)),
    },
    Figure {
        name: "R19",
        title: "what it costs to guard a server and to watch it",
        limit: Duration::from_secs(240),
        run: |scale| Box::pin(r19_watched::run(scale)),
    },
];

fn main() -> Result<ExitCode> {
    if server_process::is_server() {
        server_process::serve()?;
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(sessions) = r10_pool::flood::asked() {
        r10_pool::flood::run(sessions)?;
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(search) = r14_strangers::comparison::asked() {
        r14_strangers::comparison::run(search)?;
        return Ok(ExitCode::SUCCESS);
    }
    let Some(settings) = Settings::from_process(FIGURES)? else { return Ok(ExitCode::SUCCESS) };
    let mut table = table::Table::default();
    for figure in FIGURES.iter().filter(|figure| settings.wants(figure)) {
        table.add(figure, figure.measure(settings.scale));
    }
    table.print(settings.scale)?;
    Ok(if table.is_kept() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
