//! The figures, each with what it is compared to and where its bound is.

/// Rows of Markdown.
#[derive(Default)]
pub(crate) struct Table {
    rows: Vec<(String, String, String, bool)>,
}

impl Table {
    /// A figure that has to be at most `bound`.
    pub(crate) fn at_most(&mut self, what: &str, figure: f64, bound: f64) {
        let holds = figure <= bound;
        self.rows.push((what.to_owned(), format!("{figure:.2}"), format!("at most {bound}"), holds));
    }

    /// A count that has to be exact.
    pub(crate) fn exactly(&mut self, what: &str, figure: usize, expected: usize) {
        let holds = figure == expected;
        self.rows.push((what.to_owned(), figure.to_string(), format!("exactly {expected}"), holds));
    }

    /// A figure that is only shown.
    pub(crate) fn shown(&mut self, what: &str, figure: impl ToString) {
        self.rows.push((what.to_owned(), figure.to_string(), String::new(), true));
    }

    pub(crate) fn print(&self) {
        println!("| figure | measured | bound |\n|---|---|---|");
        for (what, figure, bound, holds) in &self.rows {
            println!("| {what} | {figure} | {bound}{} |", if *holds { "" } else { " **missed**" });
        }
    }

    pub(crate) fn holds(&self) -> bool {
        self.rows.iter().all(|(.., holds)| *holds)
    }
}

/// The median of what `measure` gives `rounds` times.
pub(crate) fn median(rounds: usize, mut measure: impl FnMut() -> f64) -> f64 {
    let samples: Vec<f64> = (0..rounds).map(|_| measure()).collect();
    alphora_tests::median(&samples)
}
