//! The store itself: one lock around all accounts.

use std::fmt;
use std::time::Duration;

use tokio::time::Instant;

use super::account::Ended;
use super::accounts::Accounts;
use crate::principal::Limits;
use crate::session::store::{LimitAccount, LimitStore, RunPlace, Settlement, StoreFuture, Taken};
use crate::sync::{Mutex, PoisonError};

/// How many accounts are kept by default.
const ACCOUNTS: usize = 65_536;

/// What callers ask for, counted in memory.
///
/// It keeps at most 65,536 accounts by default, and of those only the ones that have not recovered. Of more, those go
/// that are nearest to it. A run has a place until it is settled or its lease is over, by Tokio's clock.
///
/// ```
/// use std::time::Duration;
///
/// use alphora_runtime::principal::Limits;
/// use alphora_runtime::session::store::{InMemoryLimitStore, LimitAccount, LimitStore, RunPlace, Taken};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let store = InMemoryLimitStore::default();
/// let account = LimitAccount::Caller("shop".into());
/// let limits = Limits { requests_per_minute: Some(1), ..Limits::default() };
/// let place = RunPlace { run: 1, lease: Duration::from_secs(15) };
/// assert!(matches!(store.take(&account, &limits, &place).await?, Taken::Granted(_)));
/// assert!(matches!(store.take(&account, &limits, &place).await?, Taken::Refused { .. }));
/// # Ok(()) }
/// ```
pub struct InMemoryLimitStore {
    accounts: Mutex<Accounts>,
    began: Instant,
}

impl InMemoryLimitStore {
    /// A store of at most so many accounts that have not recovered.
    pub fn new(accounts: usize) -> Self {
        Self { accounts: Mutex::new(Accounts::new(accounts.max(1))), began: Instant::now() }
    }

    /// [`take`](LimitStore::take), at once.
    pub(crate) fn take_now(&self, account: &LimitAccount, limits: &Limits, place: RunPlace) -> Taken {
        self.locked(|accounts, now| {
            accounts.with(account, now, |account| account.take(limits, place, end(now, place.lease), now))
        })
    }

    /// [`settle`](LimitStore::settle), at once.
    pub(crate) fn settle_now(&self, account: &LimitAccount, limits: &Limits, ended: Ended<'_>) {
        self.locked(|accounts, now| {
            accounts.with(account, now, |account| account.settle(limits, &ended, now));
        });
    }

    fn locked<T>(&self, action: impl FnOnce(&mut Accounts, u64) -> T) -> T {
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        let now = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        action(&mut accounts, now)
    }

    /// How many accounts are kept.
    #[cfg(test)]
    pub(super) fn kept(&self) -> usize {
        self.locked(|accounts, _| accounts.kept())
    }
}

/// The millisecond in which a lease ends that begins now.
fn end(now: u64, lease: Duration) -> u64 {
    now.saturating_add(u64::try_from(lease.as_millis()).unwrap_or(u64::MAX))
}

impl Default for InMemoryLimitStore {
    fn default() -> Self {
        Self::new(ACCOUNTS)
    }
}

impl LimitStore for InMemoryLimitStore {
    fn take<'a>(
        &'a self,
        account: &'a LimitAccount,
        limits: &'a Limits,
        place: &'a RunPlace,
    ) -> StoreFuture<'a, Taken> {
        Box::pin(async move { Ok(self.take_now(account, limits, *place)) })
    }

    fn renew<'a>(
        &'a self,
        account: &'a LimitAccount,
        runs: &'a [u128],
        lease: Duration,
    ) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            self.locked(|accounts, now| {
                let ends = end(now, lease);
                accounts.with(account, now, |account| runs.iter().for_each(|run| account.keep(*run, ends)));
            });
            Ok(())
        })
    }

    fn settle<'a>(
        &'a self,
        account: &'a LimitAccount,
        limits: &'a Limits,
        settlement: &'a Settlement,
    ) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            let Settlement { runs, tokens, refunded } = settlement;
            self.settle_now(account, limits, Ended { runs, tokens: *tokens, refunded: *refunded });
            Ok(())
        })
    }
}

impl fmt::Debug for InMemoryLimitStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InMemoryLimitStore").finish_non_exhaustive()
    }
}
