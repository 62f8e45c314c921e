//! What a run takes of the limits until it has ended.

use std::fmt;
use std::sync::Arc;

use super::shared::Shared;
use crate::principal::Limits;
use crate::session::store::{Ended, InMemoryLimitStore, LimitAccount, Settlement};
use crate::stream::Output;

/// What a run that was let in takes; given back, and its tokens counted, when this is dropped.
///
/// It has nothing where there are no limits.
#[derive(Debug, Default)]
pub(in crate::server) struct Admitted(Option<Box<Takings>>);

/// What one run has taken of one or two accounts.
pub(super) struct Takings {
    pub(super) run: u128,
    output: Option<Output>,
    taken: Vec<Taking>,
}

/// What a run has taken of one account.
pub(super) struct Taking {
    pub(super) account: LimitAccount,
    pub(super) limits: Limits,
    pub(super) counter: Counter,
}

/// Where an account is kept.
#[derive(Clone)]
pub(super) enum Counter {
    Here(Arc<InMemoryLimitStore>),
    Shared(Arc<Shared>),
}

impl Admitted {
    pub(super) fn new(takings: Takings) -> Self {
        Self(Some(Box::new(takings)))
    }

    /// What the run will report its usage to.
    pub(in crate::server) fn watch(&mut self, output: &Output) {
        if let Some(takings) = &mut self.0 {
            takings.output = Some(output.clone());
        }
    }
}

impl Takings {
    pub(super) fn of(run: u128) -> Self {
        Self { run, output: None, taken: Vec::with_capacity(2) }
    }

    /// Notes what is taken, or about to be, so that it is given back wherever the request ends.
    pub(super) fn begin(&mut self, account: LimitAccount, limits: Limits, counter: Counter) {
        self.taken.push(Taking { account, limits, counter });
    }

    /// The last one was not taken.
    pub(super) fn forget_last(&mut self) {
        self.taken.pop();
    }

    /// Another one was refused, so these do not count either.
    pub(super) fn refund(&mut self) {
        for taking in self.taken.drain(..) {
            let refunded = u64::from(taking.limits.requests_per_minute.is_some());
            taking.settle(Ended { runs: &[self.run], tokens: 0, refunded });
        }
    }
}

impl Drop for Takings {
    fn drop(&mut self) {
        let tokens = self.output.as_ref().map_or(0, |output| output.charged_usage().total_tokens);
        for taking in self.taken.drain(..) {
            let tokens = if taking.limits.tokens_per_minute.is_some() { tokens } else { 0 };
            // Of requests alone there is nothing to be settled.
            if tokens > 0 || taking.limits.runs.is_some() {
                taking.settle(Ended { runs: &[self.run], tokens, refunded: 0 });
            }
        }
    }
}

impl Taking {
    fn settle(self, ended: Ended<'_>) {
        match self.counter {
            Counter::Here(store) => store.settle_now(&self.account, &self.limits, ended),
            Counter::Shared(shared) => {
                let Ended { runs, tokens, refunded } = ended;
                shared.settle(
                    self.account,
                    self.limits,
                    Settlement { runs: runs.to_vec(), tokens, refunded },
                );
            }
        }
    }
}

impl fmt::Debug for Takings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Takings").field("accounts", &self.taken.len()).finish_non_exhaustive()
    }
}
