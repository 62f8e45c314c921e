//! A figure, and the rows of the table that it fills.

use std::fmt::Display;
use std::pin::Pin;
use std::time::{Duration, Instant};

use crate::Result;
use crate::settings::Scale;

/// What a figure gives when it is run.
type Rows = Pin<Box<dyn Future<Output = Result<Vec<Row>>> + Send>>;

/// Something that has to hold, and how it is measured.
pub(crate) struct Figure {
    pub(crate) name: &'static str,
    /// What happens in it, in a few words.
    pub(crate) title: &'static str,
    /// The longest that it may take; what takes longer is missed.
    pub(crate) limit: Duration,
    pub(crate) run: fn(Scale) -> Rows,
}

/// One line of the table.
pub(crate) struct Row {
    pub(crate) what: String,
    pub(crate) value: String,
    /// Empty where a value is only shown.
    pub(crate) goal: String,
    pub(crate) kept: bool,
}

/// What is aimed at, and what is reached and may not be lost again.
#[derive(Clone, Copy)]
pub(crate) struct Bound {
    pub(crate) goal: f64,
    /// Less than this fails the run.
    pub(crate) gate: f64,
}

impl Figure {
    /// Measures on a runtime of its own, so that nothing of one figure is left while the next is measured. A figure
    /// that fails or takes too long is a row that is missed.
    pub(crate) fn measure(&self, scale: Scale) -> Vec<Row> {
        let begun = Instant::now();
        let measured = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .map_err(Into::into)
            .and_then(|runtime| {
                let run = async { tokio::time::timeout(self.limit, (self.run)(scale)).await };
                let rows = runtime.block_on(run);
                runtime.shutdown_background();
                rows.map_err(|_| format!("not over after {:?}", self.limit))?
            });
        let mut rows = measured.unwrap_or_else(|error| vec![Row::missed("measured to its end", &error)]);
        rows.push(Row::shown("took", format_args!("{:.0} s", begun.elapsed().as_secs_f64())));
        rows
    }
}

impl Row {
    /// A number that may be at most `goal`.
    pub(crate) fn at_most(what: impl Display, value: f64, goal: f64, unit: &str) -> Self {
        Self {
            what: what.to_string(),
            value: format!("{value:.2}{unit}"),
            goal: format!("at most {goal}{unit}"),
            kept: value <= goal,
        }
    }

    /// A count that has to be exact.
    pub(crate) fn exactly(what: impl Display, count: usize, goal: usize) -> Self {
        Self {
            what: what.to_string(),
            value: count.to_string(),
            goal: format!("exactly {goal}"),
            kept: count == goal,
        }
    }

    /// A count that may not be smaller than `goal`.
    pub(crate) fn at_least(what: impl Display, count: usize, goal: usize) -> Self {
        Self {
            what: what.to_string(),
            value: count.to_string(),
            goal: format!("at least {goal}"),
            kept: count >= goal,
        }
    }

    /// A ratio that may not be smaller than `goal`.
    pub(crate) fn no_less(what: impl Display, value: f64, goal: f64) -> Self {
        Self {
            what: what.to_string(),
            value: format!("{value:.2}"),
            goal: format!("at least {goal}"),
            kept: value >= goal,
        }
    }

    /// A ratio that may not be smaller than the gate; whether it reaches the goal is said beside it.
    pub(crate) fn gated(what: impl Display, value: f64, bound: Bound) -> Self {
        let Bound { goal, gate } = bound;
        let verdict = if value >= goal { "reached" } else { "**missed**" };
        Self {
            what: what.to_string(),
            value: format!("{value:.2}"),
            goal: format!("at least {goal} {verdict}; the gate is at {gate}"),
            kept: value >= gate,
        }
    }

    /// A value that is only shown.
    pub(crate) fn shown(what: impl Display, value: impl Display) -> Self {
        Self { what: what.to_string(), value: value.to_string(), goal: String::new(), kept: true }
    }

    /// Something that should have happened and has not.
    pub(crate) fn missed(what: impl Display, why: impl Display) -> Self {
        Self { what: what.to_string(), value: why.to_string(), goal: "yes".into(), kept: false }
    }
}
