//! What is checked, and what a check says of what it finds.

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use super::{Check, Violation};
use crate::random::Identifier;
use crate::session::Owner;
use crate::session::store::StoreError;

/// A lease that no check outlives, on however slow a machine.
pub(super) const LONG: Duration = Duration::from_secs(60);

/// What is checked, and the check that is run against it.
pub(super) struct Subject<S: ?Sized> {
    pub(super) store: Arc<S>,
    check: &'static str,
    promise: &'static str,
    /// An agent and an owner that nobody else has.
    pub(super) agent: Arc<str>,
    pub(super) owner: Owner,
}

impl<S: ?Sized> Subject<S> {
    pub(super) fn new(check: &'static Check<S>, store: Arc<S>) -> Result<Self, Violation> {
        Self::of(check.name, check.promise, store)
    }

    pub(super) fn of(check: &'static str, promise: &'static str, store: Arc<S>) -> Result<Self, Violation> {
        let mut subject = Self { store, check, promise, agent: "".into(), owner: Owner::anonymous() };
        let number = subject.random()?;
        subject.agent = format!("conformance-{number:032x}").into();
        subject.owner = Owner::named(format!("owner-{number:032x}"));
        Ok(subject)
    }

    /// A number that nobody else has.
    pub(super) fn random(&self) -> Result<u128, Violation> {
        let number =
            Identifier::new("").map_err(|error| self.violation("asked for a number", "randomness", error))?;
        Ok(number.bits())
    }

    pub(super) fn violation(
        &self,
        action: impl Into<String>,
        expected: impl Into<String>,
        found: impl Debug,
    ) -> Violation {
        Violation {
            check: self.check,
            promise: self.promise,
            action: action.into(),
            expected: expected.into(),
            found: shortened(&found),
        }
    }

    /// Whether what was found is what was expected.
    pub(super) fn same<T: Debug + PartialEq>(
        &self,
        action: &str,
        found: &T,
        expected: &T,
    ) -> Result<(), Violation> {
        if found == expected { Ok(()) } else { Err(self.violation(action, shortened(expected), found)) }
    }

    /// Whether what was found has a property.
    pub(super) fn holds(
        &self,
        action: &str,
        expected: &str,
        found: impl Debug,
        holds: bool,
    ) -> Result<(), Violation> {
        if holds { Ok(()) } else { Err(self.violation(action, expected, found)) }
    }

    /// Whether what was found is within bounds.
    pub(super) fn within<T: Debug + PartialOrd>(
        &self,
        action: &str,
        found: &T,
        least: &T,
        most: &T,
    ) -> Result<(), Violation> {
        if least <= found && found <= most {
            return Ok(());
        }
        Err(self.violation(action, format!("from {least:?} to {most:?}"), found))
    }

    /// What a call has given that has no reason to fail.
    pub(super) fn done<T>(&self, action: &str, result: Result<T, StoreError>) -> Result<T, Violation> {
        result.map_err(|error| self.violation(action, "no error", error))
    }
}

// Not derived, for that would ask the same of what is checked.
impl<S: ?Sized> Clone for Subject<S> {
    fn clone(&self) -> Self {
        Self {
            store: Arc::clone(&self.store),
            agent: Arc::clone(&self.agent),
            owner: self.owner.clone(),
            ..*self
        }
    }
}

/// What is shown of a value: megabytes help nobody.
pub(super) fn shortened(value: &impl Debug) -> String {
    const LONGEST: usize = 2_000;
    let mut text = format!("{value:?}");
    if text.len() > LONGEST {
        text.truncate(text.floor_char_boundary(LONGEST));
        text.push_str("..");
    }
    text
}
