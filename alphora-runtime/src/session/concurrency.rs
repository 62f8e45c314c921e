//! What becomes of a turn that comes while another one of its session is under way.

/// What becomes of a turn that comes while another one of its session is under way.
///
/// Whichever is chosen, a session has one turn at a time. Written in attributes, files, variables and headers as
/// [`as_str`](Self::as_str) says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Concurrency {
    /// It waits, first come, first served, for at most 30 s behind at most 16 others. The default.
    #[default]
    Enqueue,
    /// It is refused at once, with 409 and `session_busy`; where a store is shared, after a second look 20 ms later.
    Reject,
    /// The turn under way is ended, what it remembers so far is stored, and then the new one begins.
    Interrupt,
    /// The turn under way is ended and leaves the session as it was, and then the new one begins.
    Rollback,
}

impl Concurrency {
    /// All of them, in the order in which they are documented.
    pub const ALL: [Self; 4] = [Self::Enqueue, Self::Reject, Self::Interrupt, Self::Rollback];

    /// The word for it: `enqueue`, `reject`, `interrupt` or `rollback`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Enqueue => "enqueue",
            Self::Reject => "reject",
            Self::Interrupt => "interrupt",
            Self::Rollback => "rollback",
        }
    }

    /// What a word means.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|concurrency| concurrency.as_str() == word)
    }
}
