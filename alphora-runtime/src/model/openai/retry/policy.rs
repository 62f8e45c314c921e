//! How often a call is tried again.

use std::time::Duration;

/// How often a call is tried again, and after which pauses.
///
/// Only what failed before the first token is tried again: no connection, an answer that broke off before it said
/// anything, the statuses 408, 429 and 5xx, and a first token that was too long in coming. What has begun is never
/// asked for twice, so that nobody sees a text twice.
///
/// Each pause is drawn between nothing and a bound that doubles with each attempt. A server that says how long to
/// wait (`Retry-After`, `retry-after-ms`) is waited for at least that long; if it asks for more than
/// [`max_retry_after`](Self::max_retry_after), the call fails at once with an error that says how long. One that
/// says `x-should-retry: false` is not asked again.
///
/// A budget bounds the retries of all clients in the process, so that a server in trouble does not get twice the
/// load on top: each call pays in 0.18 of a retry, each retry takes out 1; there are 10 to begin with and never
/// more than 100. So the requests of 10,000 calls are at most 1.2 times the calls. Without budget a call fails
/// with the error that it would have been tried again for. A client may have a budget of its own
/// ([`own_budget`](Self::own_budget)), with the same figures.
///
/// ```
/// use alphora_runtime::model::{OpenAILike, RetryPolicy};
///
/// let policy = RetryPolicy::default().retries(1);
/// let llm = OpenAILike::builder().base_url("http://127.0.0.1:8080/v1").model_name("m").retry(policy).build()?;
/// # Ok::<(), alphora_runtime::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// How often at most a call is tried again. Default: 2.
    pub retries: u32,
    /// The bound of the first pause. Default: 0.5 s.
    pub base_delay: Duration,
    /// The bound of every pause that the server does not ask for. Default: 8 s.
    pub max_delay: Duration,
    /// The longest wait that a server may ask for. Default: 30 s.
    pub max_retry_after: Duration,
    /// Whether the client that this policy is given to has a budget of its own, for itself and its clones, in the
    /// place of the process's. Default: no.
    pub own_budget: bool,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            retries: 2,
            base_delay: Duration::from_millis(500),
            max_delay: Duration::from_secs(8),
            max_retry_after: Duration::from_secs(30),
            own_budget: false,
        }
    }
}

impl RetryPolicy {
    /// Every call is tried once.
    pub fn none() -> Self {
        Self::default().retries(0)
    }

    /// How often at most a call is tried again.
    #[must_use]
    pub fn retries(mut self, retries: u32) -> Self {
        self.retries = retries;
        self
    }

    /// The bound of the first pause.
    #[must_use]
    pub fn base_delay(mut self, delay: Duration) -> Self {
        self.base_delay = delay;
        self
    }

    /// The bound of every pause that the server does not ask for.
    #[must_use]
    pub fn max_delay(mut self, delay: Duration) -> Self {
        self.max_delay = delay;
        self
    }

    /// The longest wait that a server may ask for.
    #[must_use]
    pub fn max_retry_after(mut self, wait: Duration) -> Self {
        self.max_retry_after = wait;
        self
    }

    /// Whether the client has a budget of its own, for itself and its clones, in the place of the process's: one
    /// server in trouble then takes no retries from the clients of others, and they take none from it.
    #[must_use]
    pub fn own_budget(mut self, own: bool) -> Self {
        self.own_budget = own;
        self
    }
}
