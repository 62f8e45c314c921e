//! The gates, and what they are compared with.

use std::io::{self, Write};
use std::process::ExitCode;

use crate::Result;
use crate::client::Work;
use crate::counter::Counter;
use crate::server_process::Role;
use crate::settings::Settings;
use crate::table::{Row, Table};

/// One row: a kind of work, its operations, and the most that one may need of alphora.
struct Gate {
    counter: Counter,
    work: Work,
    what: &'static str,
    operations: usize,
    most: Option<f64>,
}

/// None, but for what happens a few times in a long stream: a buffer grows, a clock is set again.
const NONE: f64 = 0.01;

/// The instructions of a request, with those of waiting for it. The goal is 30,000, which the README says more about;
/// what is reached is kept.
const REQUEST: f64 = 38_000.0;

const GATES: [Gate; 8] = [
    gate(Counter::Allocations, Work::Burst, "chunk of a burst", 100_000, Some(NONE)),
    gate(Counter::Allocations, Work::Paced, "paced chunk", 1_000, Some(NONE)),
    gate(Counter::Allocations, Work::Json, "non-streaming request", 1_000, Some(30.0)),
    gate(Counter::Allocations, Work::FirstChunk, "stream of one chunk", 1_000, None),
    gate(Counter::Instructions, Work::Burst, "chunk of a burst", 10_000, Some(1_100.0)),
    gate(Counter::Instructions, Work::Paced, "paced chunk", 1_000, None),
    gate(Counter::Instructions, Work::Json, "non-streaming request", 1_000, Some(REQUEST)),
    gate(Counter::Instructions, Work::FirstChunk, "stream of one chunk", 1_000, None),
];

const fn gate(
    counter: Counter,
    work: Work,
    what: &'static str,
    operations: usize,
    most: Option<f64>,
) -> Gate {
    Gate { counter, work, what, operations, most }
}

/// Counts and prints; fails if a gate was missed.
pub(crate) fn keep(settings: &Settings) -> Result<ExitCode> {
    let mut complete = true;
    let mut table = Table::default();
    for counter in &settings.counters {
        if let Err(error) = counter.check() {
            // What can be counted still is.
            writeln!(io::stderr(), "error: {error}")?;
            complete = false;
            continue;
        }
        for gate in GATES.iter().filter(|gate| gate.counter == *counter) {
            writeln!(io::stderr(), "{} for each {}", counter.name(), gate.what)?;
            table.add(gate.row()?);
        }
    }
    writeln!(io::stdout(), "\n{table}")?;
    Ok(if complete && table.is_kept() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

impl Gate {
    fn row(&self) -> Result<Row> {
        Ok(Row {
            what: format!("{} for each {}", self.counter.name(), self.what),
            axum: self.of_one(Role::Baseline)?,
            floor: self.of_one(Role::Floor)?,
            alphora: self.of_one(Role::Alphora)?,
            most: self.most,
        })
    }

    /// What one operation needs: the difference of two runs, of which one does three times as much.
    fn of_one(&self, role: Role) -> Result<f64> {
        let few = self.counter.count(role, self.work, self.operations)?;
        let many = self.counter.count(role, self.work, 3 * self.operations)?;
        Ok(float(many.saturating_sub(few))? / float(2 * self.operations as u64)?)
    }
}

/// A count as a number to calculate with.
fn float(count: u64) -> Result<f64> {
    let count = u32::try_from(count).map_err(|_| format!("{count} is more than a run is meant to count"))?;
    Ok(f64::from(count))
}
