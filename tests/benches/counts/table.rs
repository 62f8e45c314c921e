//! The counts as a Markdown table.

use std::fmt::{self, Display, Formatter};

/// What one operation needs of each server.
pub(crate) struct Row {
    pub(crate) what: String,
    pub(crate) axum: f64,
    pub(crate) floor: f64,
    pub(crate) alphora: f64,
    /// The gate, if there is one: alphora may need so much.
    pub(crate) most: Option<f64>,
}

#[derive(Default)]
pub(crate) struct Table(Vec<Row>);

impl Table {
    pub(crate) fn add(&mut self, row: Row) {
        self.0.push(row);
    }

    pub(crate) fn is_kept(&self) -> bool {
        self.0.iter().all(Row::is_kept)
    }
}

impl Row {
    fn is_kept(&self) -> bool {
        self.most.is_none_or(|most| self.alphora <= most)
    }
}

impl Display for Table {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "| count | axum | floor | alphora | alphora / axum | goal |")?;
        writeln!(f, "|---|---:|---:|---:|---:|---|")?;
        for row in &self.0 {
            let Row { what, axum, floor, alphora, most } = row;
            write!(f, "| {what} | {axum:.2} | {floor:.2} | **{alphora:.2}** | {:.2} | ", alphora / axum)?;
            if let Some(most) = most {
                let verdict = if row.is_kept() { "kept" } else { "**missed**" };
                write!(f, "≤ {most} {verdict}")?;
            }
            writeln!(f, " |")?;
        }
        Ok(())
    }
}
