//! R10: a million operations of the pool against a naive model of it, and a flood of a million sessions: no call costs
//! more for what was before, the process keeps to the pool's caps, and what is in use stays.

pub(crate) mod flood;
mod model;
mod operations;

use std::time::Duration;

use alphora_tests::median;

use crate::Result;
use crate::figure::Row;
use crate::settings::Scale;

const OPERATIONS: usize = 1_000_000;
const SESSIONS: usize = 1_000_000;

/// What memory may be beside what the pool counts.
const SLACK: f64 = 1.1;

pub(crate) async fn run(scale: Scale) -> Result<Vec<Row>> {
    let operations = scale.of(OPERATIONS);
    // By a clock that is held, which takes a runtime with one thread.
    let compared = tokio::task::spawn_blocking(move || operations::compare(operations)).await??;
    let mut rows = vec![
        Row::shown(
            format_args!(
                "{operations} operations: commits, refused for want of room, too large, evicted, expired"
            ),
            format_args!(
                "{}, {}, {}, {}, {}",
                compared.commits, compared.full, compared.too_large, compared.evicted, compared.expired
            ),
        ),
        Row::exactly("operations whose outcome is not the model's", compared.different, 0),
        Row::exactly("operations after which the pool was over a cap", compared.over, 0),
        Row::at_most("cost of an operation, last tenth to second tenth", compared.ratio, 1.5, ""),
    ];
    for missing in compared.missing() {
        rows.push(Row::missed("operations that came out each way", missing));
    }

    let sessions = scale.of(SESSIONS);
    let flood = flood::in_a_process(sessions).await?;
    let mebibytes = |kibibytes: u64| f64::from(u32::try_from(kibibytes).unwrap_or(u32::MAX)) / 1024.0;
    let cap = mebibytes(flood::CAP as u64 / 1024);
    rows.extend([
        Row::shown(
            format_args!("a flood of {sessions} sessions: kept at the end, bytes counted, the longest turn"),
            format_args!(
                "{}, {:.1} MiB, {:.1} ms",
                flood.kept,
                mebibytes(flood.bytes / 1024),
                flood.longest_ms
            ),
        ),
        Row::exactly("sessions after which the pool was over a cap", flood.over, 0),
        Row::exactly("sessions in use that the flood took away", flood.pinned_lost, 0),
        Row::at_most(
            "cost of a session in a full pool, last tenth to second tenth",
            flood.full_ratio,
            1.5,
            "",
        ),
        Row::at_most(
            format_args!("resident memory that the flood has added, with a cap of {cap} MiB"),
            mebibytes(flood.most_kib.saturating_sub(flood.before_kib)),
            cap * SLACK,
            " MiB",
        ),
        Row::at_most(
            format_args!("cost of a session in a pool that keeps all {sessions}, last tenth to second tenth"),
            flood.growing_ratio,
            3.0,
            "",
        ),
    ]);
    if flood.evicted == 0 {
        rows.push(Row::missed("sessions that went to make room", 0));
    }
    Ok(rows)
}

/// How long operations take, a block of them at a time.
#[derive(Debug, Default)]
struct Costs {
    /// Of the block that is not full yet.
    block: Vec<Duration>,
    /// The median of each block: other processes of the machine hold up a few operations, and not most.
    medians: Vec<Duration>,
    longest: Duration,
}

impl Costs {
    const BLOCK: usize = 1_000;

    fn add(&mut self, cost: Duration) {
        self.longest = self.longest.max(cost);
        self.block.push(cost);
        if self.block.len() == Self::BLOCK {
            self.medians.push(median(&self.block));
            self.block.clear();
        }
    }

    /// The cost in the last tenth to that in the second, when everything is warm and caps are reached.
    fn late_to_early(&self) -> f64 {
        let tenth = (self.medians.len() / 10).max(1);
        let typical = |blocks: &[Duration]| median(blocks).as_secs_f64();
        let early = self.medians.get(tenth..2 * tenth).unwrap_or(&self.medians);
        let late = &self.medians[self.medians.len().saturating_sub(tenth)..];
        typical(late) / typical(early).max(1e-9)
    }
}
