//! One check: its name, its promise, and how it is run.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use super::Violation;

/// What a check does.
pub(super) type Checking = Pin<Box<dyn Future<Output = Result<(), Violation>> + Send>>;

/// One promise and how it is checked; `S` is what is checked: [`dyn SessionStore`](crate::session::store::SessionStore),
/// [`dyn RunLog`](crate::session::store::RunLog) or [`dyn LimitStore`](crate::session::store::LimitStore).
pub struct Check<S: ?Sized + 'static> {
    /// What the check is called.
    pub name: &'static str,
    /// What is promised, in one sentence.
    pub promise: &'static str,
    pub(super) steps: fn(&'static Self, Arc<S>) -> Checking,
}

impl<S: ?Sized> Check<S> {
    /// Runs this check alone. It must run in a Tokio runtime whose timer is enabled.
    ///
    /// # Errors
    /// The promise is not kept.
    pub async fn run(&'static self, subject: Arc<S>) -> Result<(), Violation> {
        (self.steps)(self, subject).await
    }
}

impl<S: ?Sized> fmt::Debug for Check<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Check")
            .field("name", &self.name)
            .field("promise", &self.promise)
            .finish_non_exhaustive()
    }
}
