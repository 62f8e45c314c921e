//! The servers that are compared: the same program, configured to do more and more.

use std::fmt::Write as _;

/// The header of all requests; the bare server looks at none.
pub(super) const AUTHORIZATION: &str = "Bearer soak-key";
/// The SHA-256 digest of the key.
const DIGEST: &str = "4dd069bee50104e4f4abb22e8f40964c3a5bb3db0fcc01e236cc120a12ea6400";
const KEYS: usize = 100;

/// How a server is configured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Contestant {
    /// As the program is, without a log.
    Bare,
    /// API keys, limits of the key and of all, and metrics that are scraped.
    Guarded,
    /// Guarded, and one run of ten is traced.
    Traced,
    /// Guarded, and a line in the log for each request.
    Logged,
    /// All of it: a line in the log for each request, and a trace of each run.
    Watched,
}

impl Contestant {
    /// The bare one first.
    pub(super) fn all() -> Vec<Self> {
        let mut all = vec![Self::Bare, Self::Guarded, Self::Logged, Self::Traced, Self::Watched];
        // Without the feature nobody sends traces.
        all.retain(|contestant| cfg!(feature = "otel") || contestant.traces().is_none());
        all
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Bare => "bare",
            Self::Guarded => "keys, limits and metrics",
            Self::Traced => "keys, limits, metrics and one trace of ten runs",
            Self::Logged => "keys, limits, metrics and a log of requests",
            Self::Watched => "keys, limits, metrics, a log of requests and traces of all runs",
        }
    }

    pub(super) fn is_watched(self) -> bool {
        self != Self::Bare
    }

    /// Whether it has to keep up with the bare server where both are asked as much as they can answer: of an agent
    /// that does nothing, the log and the traces are most of the work.
    pub(super) fn has_goal(self) -> bool {
        self == Self::Guarded
    }

    /// What the log says, and whether it says something of each request.
    pub(super) fn log(self) -> &'static str {
        if matches!(self, Self::Logged | Self::Watched) { "info" } else { "off" }
    }

    /// Of all traces, the part that is sent.
    pub(super) fn traces(self) -> Option<&'static str> {
        match self {
            Self::Traced => Some("0.1"),
            Self::Watched => Some("1"),
            Self::Bare | Self::Guarded | Self::Logged => None,
        }
    }

    /// The file of keys, with limits that nobody reaches.
    pub(super) fn keys(self) -> Option<String> {
        let limits = "requests_per_minute = 100000000\ntokens_per_minute = 100000000\nmax_runs = 1000\n";
        self.is_watched().then(|| {
            (1..KEYS).fold(format!("[keys.ours]\nsha256 = \"{DIGEST}\"\n{limits}"), |mut keys, number| {
                // Writing to a string does not fail.
                let _ = write!(keys, "[keys.other{number}]\nsha256 = \"{number:064x}\"\n{limits}");
                keys
            })
        })
    }
}
