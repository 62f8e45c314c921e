//! The rows of all figures, as Markdown.

use std::io::{self, Write};

use crate::figure::{Figure, Row};
use crate::settings::Scale;

/// What was measured.
#[derive(Default)]
pub(crate) struct Table {
    figures: Vec<(&'static str, &'static str, Vec<Row>)>,
}

impl Table {
    pub(crate) fn add(&mut self, figure: &Figure, rows: Vec<Row>) {
        // A run takes minutes: whoever waits sees how far it is. Nothing is lost if nobody does.
        let _ = writeln!(io::stderr(), "{} is measured", figure.name);
        self.figures.push((figure.name, figure.title, rows));
    }

    pub(crate) fn is_kept(&self) -> bool {
        self.figures.iter().flat_map(|(.., rows)| rows).all(|row| row.kept)
    }

    pub(crate) fn print(&self, scale: Scale) -> io::Result<()> {
        let mut out = io::stdout().lock();
        writeln!(out, "Counts at {} of their full size.\n", scale.0)?;
        writeln!(out, "| figure | measured | value | goal | |\n|---|---|---|---|---|")?;
        for (name, title, rows) in &self.figures {
            writeln!(out, "| **{name}** | **{title}** | | | |")?;
            for Row { what, value, goal, kept } in rows {
                let verdict = match (goal.is_empty(), kept) {
                    (true, _) => "",
                    (false, true) => "kept",
                    (false, false) => "**missed**",
                };
                writeln!(out, "| {name} | {what} | {value} | {goal} | {verdict} |")?;
            }
        }
        Ok(())
    }
}
