//! How a run is bounded: which cases, how many rounds, for how long.

use std::time::Duration;

/// The variable that asks for the short run.
const QUICK: &str = "ALPHORA_BENCH_QUICK";

/// The bounds of one run.
#[derive(Debug)]
pub(crate) struct Settings {
    /// Whether this is the short run, whose figures only show that the benchmark works.
    pub(crate) quick: bool,
    /// Cases whose name holds one of these words; all if there are none.
    pub(crate) only: Vec<String>,
    /// How often each server takes its turn at the cases of throughput.
    pub(crate) rounds: usize,
    /// How often each server takes its turn at the paced streams.
    pub(crate) paced_rounds: usize,
    /// Load before the measured time of a case of throughput.
    pub(crate) warm_up: Duration,
    /// The measured time of a case of throughput.
    pub(crate) window: Duration,
    /// How many paced streams are open at once.
    pub(crate) paced_streams: usize,
    /// Paced streams before their measured time, once all are open.
    pub(crate) paced_warm_up: Duration,
    /// The measured time of the paced streams.
    pub(crate) paced_window: Duration,
    /// No round starts that would end later than this.
    pub(crate) limit: Duration,
}

impl Settings {
    /// The settings of this run; `None` if the process was not started to measure.
    pub(crate) fn from_process() -> Option<Self> {
        let (options, only): (Vec<_>, Vec<_>) =
            std::env::args().skip(1).partition(|argument| argument.starts_with('-'));
        if !options.iter().any(|option| option == "--bench") {
            return None;
        }
        #[expect(clippy::disallowed_methods, reason = "a benchmark is no part of a user's server")]
        let quick = std::env::var(QUICK).is_ok_and(|value| value != "0");
        Some(Self { only, ..if quick { Self::quick() } else { Self::thorough() } })
    }

    fn thorough() -> Self {
        Self {
            quick: false,
            only: Vec::new(),
            rounds: 5,
            paced_rounds: 3,
            warm_up: Duration::from_millis(250),
            window: Duration::from_millis(800),
            paced_streams: 2_000,
            paced_warm_up: Duration::from_secs(1),
            paced_window: Duration::from_secs(3),
            limit: Duration::from_secs(290),
        }
    }

    fn quick() -> Self {
        Self {
            quick: true,
            rounds: 2,
            paced_rounds: 1,
            warm_up: Duration::from_millis(100),
            window: Duration::from_millis(300),
            paced_streams: 500,
            paced_warm_up: Duration::from_millis(500),
            paced_window: Duration::from_secs(2),
            limit: Duration::from_secs(50),
            ..Self::thorough()
        }
    }
}
