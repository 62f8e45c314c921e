//! Whose limits they are, and what a run does to them.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// What is counted together. It is the same for all agents and all processes that share a store.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LimitAccount {
    /// All callers.
    Everybody,
    /// All whom nobody knows.
    Anonymous,
    /// The caller of this name.
    Caller(Arc<str>),
}

impl LimitAccount {
    /// A text that no other account has, for stores whose keys are texts.
    pub fn key(&self) -> String {
        match self {
            Self::Everybody => "*".to_owned(),
            Self::Anonymous => "-".to_owned(),
            Self::Caller(name) => format!("={name}"),
        }
    }
}

/// By its kind only: who calls is for the log that says so, not for every error.
impl fmt::Debug for LimitAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Everybody => "Everybody",
            Self::Anonymous => "Anonymous",
            Self::Caller(_) => "Caller(..)",
        })
    }
}

/// The place that a run wants among the runs at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunPlace {
    /// The random number of the run.
    pub run: u128,
    /// How long the place is kept if nobody renews it.
    pub lease: Duration,
}

/// What is counted of runs that have ended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settlement {
    /// The runs whose places are free.
    pub runs: Vec<u128>,
    /// The tokens that they have used together.
    pub tokens: u64,
    /// How many of their requests did not come about, so that they do not count.
    pub refunded: u64,
}
