//! How much may be asked for.

/// How much somebody may ask for; `None` is no limit.
///
/// ```
/// use alphora_runtime::principal::Limits;
///
/// let limits = Limits { requests_per_minute: Some(60), ..Limits::default() };
/// assert_eq!(limits.tokens_per_minute, None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Limits {
    /// Chat completions that are begun in a minute.
    pub requests_per_minute: Option<u64>,
    /// Tokens in a minute, of prompts and of answers: those that agents report, and an estimate for answers of models that
    /// are broken off before their servers have told any.
    pub tokens_per_minute: Option<u64>,
    /// Runs at once.
    pub runs: Option<u64>,
}

impl Limits {
    /// Whether nothing is limited.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// These limits, with those of `other` where these say nothing.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            requests_per_minute: self.requests_per_minute.or(other.requests_per_minute),
            tokens_per_minute: self.tokens_per_minute.or(other.tokens_per_minute),
            runs: self.runs.or(other.runs),
        }
    }
}
