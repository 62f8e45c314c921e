//! The figures, each with its ratio and its bound.

use std::fmt::{self, Display};
use std::io::{self, Write as _};

/// Rows of Markdown.
#[derive(Default)]
pub(crate) struct Table {
    rows: Vec<(String, String, String, Option<f64>, bool)>,
}

impl Table {
    /// A figure that is only shown, with its ratio if it has one.
    pub(crate) fn row(&mut self, what: impl Display, value: impl Display, ratio: impl Display) {
        self.rows.push((what.to_string(), value.to_string(), ratio.to_string(), None, true));
    }

    /// A figure whose ratio may be at most `bound`.
    pub(crate) fn at_most(&mut self, what: impl Display, value: impl Display, ratio: Spread, bound: f64) {
        let kept = ratio.median <= bound;
        self.rows.push((what.to_string(), value.to_string(), ratio.to_string(), Some(bound), kept));
    }

    pub(crate) fn is_kept(&self) -> bool {
        self.rows.iter().all(|(.., kept)| *kept)
    }

    pub(crate) fn print(&self) -> io::Result<()> {
        let mut out = io::stdout().lock();
        writeln!(out, "| figure | measured | ratio | bound |\n|---|---:|---|---|")?;
        for (what, value, ratio, bound, kept) in &self.rows {
            let bound = match bound {
                Some(bound) => format!("at most {bound} {}", if *kept { "kept" } else { "**missed**" }),
                None => String::new(),
            };
            writeln!(out, "| {what} | {value} | {ratio} | {bound} |")?;
        }
        Ok(())
    }
}

/// A median, and the lowest and highest of what it is of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spread {
    pub(crate) median: f64,
    lowest: f64,
    highest: f64,
}

impl Spread {
    pub(crate) fn of(values: impl Iterator<Item = f64>) -> Self {
        let mut values: Vec<_> = values.collect();
        values.sort_unstable_by(f64::total_cmp);
        let at = |index: usize| values.get(index).copied().unwrap_or(f64::NAN);
        Self { median: at(values.len() / 2), lowest: at(0), highest: at(values.len().saturating_sub(1)) }
    }
}

impl Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3} ({:.3} to {:.3})", self.median, self.lowest, self.highest)
    }
}
