//! What is asked for on the command line.

use crate::Result;
use crate::counter::Counter;

/// What a run counts.
pub(crate) struct Settings {
    pub(crate) counters: Vec<Counter>,
}

impl Settings {
    /// The settings of this run; `None` if the process was not started to measure.
    pub(crate) fn from_process() -> Result<Option<Self>> {
        let (options, words): (Vec<_>, Vec<_>) =
            std::env::args().skip(1).partition(|argument| argument.starts_with('-'));
        if !options.iter().any(|option| option == "--bench") {
            return Ok(None);
        }
        let counters: Result<Vec<_>> = words.iter().map(|word| Counter::named(word)).collect();
        let counters = counters?;
        Ok(Some(Self { counters: if counters.is_empty() { Counter::ALL.to_vec() } else { counters } }))
    }
}
