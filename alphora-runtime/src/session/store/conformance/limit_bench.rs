//! A store of limits on the bench: accounts that nobody else has, and calls whose failures are violations.

use std::time::Duration;

use super::Violation;
pub(super) use super::subject::LONG;
use super::subject::Subject;
use crate::principal::Limits;
use crate::session::store::{
    Allowance, Exceeded, LimitAccount, LimitStore, RunPlace, Settlement, Standing, Taken,
};

/// A store of limits on the bench.
pub(super) type LimitBench = Subject<dyn LimitStore>;

/// An account with its limits.
#[derive(Clone)]
pub(super) struct Account {
    pub(super) bench: LimitBench,
    pub(super) name: LimitAccount,
    pub(super) limits: Limits,
}

/// So many requests per minute.
pub(super) fn requests(limit: u64) -> Limits {
    Limits { requests_per_minute: Some(limit), ..Limits::default() }
}

/// So many tokens per minute.
pub(super) fn tokens(limit: u64) -> Limits {
    Limits { tokens_per_minute: Some(limit), ..Limits::default() }
}

/// So many runs at once.
pub(super) fn runs(limit: u64) -> Limits {
    Limits { runs: Some(limit), ..Limits::default() }
}

impl LimitBench {
    /// An account that nobody has used.
    pub(super) fn account(&self, limits: Limits) -> Result<Account, Violation> {
        Ok(self.named(&format!("conformance-{:032x}", self.random()?), limits))
    }

    pub(super) fn named(&self, name: &str, limits: Limits) -> Account {
        Account { bench: self.clone(), name: LimitAccount::Caller(name.into()), limits }
    }
}

impl Account {
    pub(super) fn with(&self, limits: Limits) -> Self {
        Self { limits, ..self.clone() }
    }

    /// A run of its own asks.
    pub(super) async fn take(&self) -> Result<Taken, Violation> {
        self.take_for(self.bench.random()?, LONG).await
    }

    pub(super) async fn take_for(&self, run: u128, lease: Duration) -> Result<Taken, Violation> {
        let taken = self.bench.store.take(&self.name, &self.limits, &RunPlace { run, lease }).await;
        self.bench.done("asked for a run", taken)
    }

    /// A run that is granted.
    pub(super) async fn granted(&self, action: &str) -> Result<(u128, Standing), Violation> {
        let run = self.bench.random()?;
        match self.take_for(run, LONG).await? {
            Taken::Granted(standing) => Ok((run, standing)),
            refused @ Taken::Refused { .. } => Err(self.bench.violation(action, "Granted", refused)),
        }
    }

    /// Which limit a run is refused for, if it is.
    pub(super) async fn refused(&self) -> Result<Option<Exceeded>, Violation> {
        Ok(match self.take().await? {
            Taken::Granted(_) => None,
            Taken::Refused { limit, .. } => Some(limit),
        })
    }

    pub(super) async fn renew(&self, runs: &[u128], lease: Duration) -> Result<(), Violation> {
        self.bench.done("renewed places", self.bench.store.renew(&self.name, runs, lease).await)
    }

    pub(super) async fn settle(&self, settlement: Settlement) -> Result<(), Violation> {
        let settled = self.bench.store.settle(&self.name, &self.limits, &settlement).await;
        self.bench.done("settled runs", settled)
    }

    /// What is said of a limit that there is.
    pub(super) fn allowance(&self, allowance: Option<Allowance>) -> Result<Allowance, Violation> {
        allowance.ok_or_else(|| self.bench.violation("asked for a run", "how the limit stands", allowance))
    }
}
