//! The results as a Markdown table.

use std::fmt::{self, Display, Formatter};

use super::results::{CaseResults, Measured, Results};
use super::statistics::{Ratio, median};
use crate::case::Better;

/// A load that is at work for more of each second than this may be what limits the figures.
const LOAD_LIMIT: f64 = 0.95;

/// Writes [`Results`] as a table.
pub(super) struct Table<'a>(pub(super) &'a Results);

impl Display for Table<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "| case | measure | axum | alphora | floor | alphora / axum | spread | axum / axum | spread | promise \
             | alphora / floor | promise |"
        )?;
        writeln!(f, "|---|---|---:|---:|---:|---:|---:|---:|---:|---|---:|---|")?;
        for case in &self.0.cases {
            for measured in &case.measures {
                row(f, case, measured)?;
            }
        }
        Ok(())
    }
}

fn row(f: &mut Formatter<'_>, case: &CaseResults, measured: &Measured) -> fmt::Result {
    let Measured { measure, baseline, alphora, floor, baseline_again } = measured;
    let ratio = Ratio::between(alphora, baseline);
    let noise = Ratio::between(baseline_again, baseline);
    let to_floor = Ratio::between(alphora, floor);
    let arrow = if measure.better == Better::More { "↑" } else { "↓" };
    writeln!(
        f,
        "| {}{} | {} {arrow} | {} | {} | {} | **{:.2}** | {} | {:.2} | {} | {} | {:.2} | {} |",
        case.name,
        if case.is_limited_by_load() { " \\*" } else { "" },
        measure.name,
        figure(median(baseline)),
        figure(median(alphora)),
        figure(median(floor)),
        ratio.median,
        spread(ratio),
        noise.median,
        spread(noise),
        promise(measure.promise, measure.better, ratio),
        to_floor.median,
        promise(measure.promise_to_floor, measure.better, to_floor),
    )
}

fn spread(ratio: Ratio) -> String {
    format!("{:.2} to {:.2}", ratio.lowest, ratio.highest)
}

fn promise(promise: Option<f64>, better: Better, ratio: Ratio) -> String {
    let Some(promise) = promise else { return String::new() };
    // Judged as it is printed: half a percent is noise.
    let printed = (ratio.median * 100.0).round() / 100.0;
    let (sign, is_kept) = match better {
        Better::More => ("≥", printed >= promise),
        Better::Less => ("≤", printed <= promise),
    };
    format!("{sign} {promise:.2} {}", if is_kept { "kept" } else { "**missed**" })
}

/// A figure with three digits or more, in groups.
fn figure(value: f64) -> String {
    if value < 100.0 {
        let digits = if value < 1.0 { 3 } else { 2 };
        return format!("{value:.digits$}");
    }
    let digits = format!("{value:.0}");
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

impl CaseResults {
    /// The medians of how much of each second the server and the load were at work.
    pub(super) fn typically_busy(&self) -> [f64; 2] {
        [0, 1].map(|of| median(&self.busy.iter().map(|busy| busy[of]).collect::<Vec<_>>()))
    }

    /// Whether the load has worked harder than the server, at its limit, in some turn.
    pub(super) fn is_limited_by_load(&self) -> bool {
        self.busy.iter().any(|[server, load]| *load > LOAD_LIMIT && load > server)
    }
}
