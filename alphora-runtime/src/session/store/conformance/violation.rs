//! What a check has found.

use std::fmt;

/// A promise that was broken.
///
/// As text it says all of it: the check, its promise, what was done, what was expected and what came.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Violation {
    /// The [name](super::Check::name) of the check.
    pub check: &'static str,
    /// What was promised.
    pub promise: &'static str,
    /// What was done.
    pub action: String,
    /// What should have come of it.
    pub expected: String,
    /// What came of it.
    pub found: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { check, promise, action, expected, found } = self;
        write!(
            f,
            "the check `{check}` failed: {promise}; what was done: {action}; expected: {expected}; found: {found}"
        )
    }
}

impl std::error::Error for Violation {}
