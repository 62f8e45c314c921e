//! Which figures are run, and how large.

use crate::Result;
use crate::figure::Figure;

/// The variable that scales the counts.
const FRACTION: &str = "ALPHORA_FIGURES_FRACTION";

/// How much of a figure's counts is run: 1 is all.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scale(pub(crate) f64);

/// What this process was asked for.
pub(crate) struct Settings {
    /// Names of figures; all if there are none.
    names: Vec<String>,
    pub(crate) scale: Scale,
}

impl Scale {
    /// The part of `count` that is run, at least one.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        reason = "counts are small and fractions are positive"
    )]
    pub(crate) fn of(self, count: usize) -> usize {
        ((count as f64 * self.0).round() as usize).max(1)
    }
}

impl Settings {
    /// `None` if the process was not started to measure: `cargo test` starts benchmarks too.
    ///
    /// # Errors
    /// A figure that does not exist, or a fraction that is none.
    pub(crate) fn from_process(figures: &[Figure]) -> Result<Option<Self>> {
        let (options, names): (Vec<_>, Vec<_>) =
            std::env::args().skip(1).partition(|argument| argument.starts_with('-'));
        if !options.iter().any(|option| option == "--bench") {
            return Ok(None);
        }
        let unknown =
            names.iter().find(|name| !figures.iter().any(|figure| figure.name.eq_ignore_ascii_case(name)));
        if let Some(name) = unknown {
            let known: Vec<_> = figures.iter().map(|figure| figure.name).collect();
            return Err(format!("there is no figure `{name}`: write one of {}", known.join(", ")).into());
        }
        Ok(Some(Self { names, scale: scale()? }))
    }

    pub(crate) fn wants(&self, figure: &Figure) -> bool {
        self.names.is_empty() || self.names.iter().any(|name| figure.name.eq_ignore_ascii_case(name))
    }
}

fn scale() -> Result<Scale> {
    let Some(text) = std::env::var_os(FRACTION) else { return Ok(Scale(1.0)) };
    let fraction =
        text.to_str().and_then(|text| text.parse().ok()).filter(|value| *value > 0.0 && *value <= 1.0);
    let wrong = || format!("{FRACTION} is {}: write a number above 0 and up to 1", text.display());
    Ok(Scale(fraction.ok_or_else(wrong)?))
}
