//! What an agent's author decides about runs that do not go as planned.

/// What becomes of a run whose client leaves before its answer is complete.
///
/// Written in attributes, files, variables and headers as [`as_str`](Self::as_str) says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnDisconnect {
    /// It ends at once: the method's future is dropped, and whatever works for it is told. The default.
    #[default]
    Cancel,
    /// It goes on to its own end, within its clocks, and its session is stored; nobody reads what it still sends.
    Continue,
}

/// What becomes of a session's memory when its run fails, expires or is cancelled. After a panic nothing is kept.
///
/// Written in attributes, files and variables as [`as_str`](Self::as_str) says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnFailure {
    /// The session is as it was before the run, so that a client may send the request again. The default.
    #[default]
    Rollback,
    /// The memory is stored as the method left it, without a trailing round of tool calls that has no results.
    Keep,
}

impl OnDisconnect {
    /// All of them, in the order in which they are documented.
    pub const ALL: [Self; 2] = [Self::Cancel, Self::Continue];

    /// The word for it: `cancel` or `continue`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cancel => "cancel",
            Self::Continue => "continue",
        }
    }

    /// What a word means.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.as_str() == word)
    }
}

impl OnFailure {
    /// All of them, in the order in which they are documented.
    pub const ALL: [Self; 2] = [Self::Rollback, Self::Keep];

    /// The word for it: `rollback` or `keep`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rollback => "rollback",
            Self::Keep => "keep",
        }
    }

    /// What a word means.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.as_str() == word)
    }
}

/// The policies of one run: the agent's, and where that is safe the request's.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Policies {
    pub(crate) on_disconnect: OnDisconnect,
    pub(crate) concurrency: crate::session::Concurrency,
    pub(crate) on_failure: OnFailure,
}
