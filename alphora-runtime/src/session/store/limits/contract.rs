//! What every store of limits promises.

use std::fmt;
use std::time::Duration;

use super::{LimitAccount, RunPlace, Settlement, Taken};
use crate::principal::Limits;
use crate::session::store::StoreFuture;

/// Counts what callers ask for, for all processes that share it.
///
/// What every implementation promises, and what the conformance suite checks:
///
/// - **Never more.** However many ask at once, and wherever, an account is granted no more requests than a [`Bucket`] of
///   its limit lets in, and no more runs at once than its limit of them.
/// - **All or nothing.** A request that is refused counts for nothing.
/// - **Tokens afterwards.** They are charged when they are known: an account may use more than it has left, and is then
///   granted nothing until time has made up for it.
/// - **Places end.** A place that is neither renewed nor settled is free when its lease is over.
/// - **Accounts are apart**, whatever is in their names.
/// - **Time is the store's**, in milliseconds: the clocks of the processes need not agree.
/// - What is kept of an account that has recovered is nothing; so a store that loses everything forgets at most a
///   minute's worth of what was asked for.
///
/// A call whose answer was lost may be made once more, and may then count twice; it never counts less than once.
///
/// [`Bucket`]: super::Bucket
pub trait LimitStore: Send + Sync + fmt::Debug + 'static {
    /// Counts one request and takes a place for its run, if none of the limits is exceeded. Where runs are not limited,
    /// nobody needs a place.
    ///
    /// A run that has a place keeps it, and is granted its request as any other.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`](crate::session::store::StoreError::Unavailable): nobody knows.
    fn take<'a>(
        &'a self,
        account: &'a LimitAccount,
        limits: &'a Limits,
        place: &'a RunPlace,
    ) -> StoreFuture<'a, Taken>;

    /// Keeps the places of runs for `lease` from now on. Those that are gone, because nobody has renewed them in time,
    /// are there again: the runs are.
    ///
    /// # Errors
    /// As [`take`](Self::take).
    fn renew<'a>(
        &'a self,
        account: &'a LimitAccount,
        runs: &'a [u128],
        lease: Duration,
    ) -> StoreFuture<'a, ()>;

    /// Frees the places of runs that have ended, and counts what they have used. Places that are not there are nobody's
    /// concern.
    ///
    /// # Errors
    /// As [`take`](Self::take).
    fn settle<'a>(
        &'a self,
        account: &'a LimitAccount,
        limits: &'a Limits,
        settlement: &'a Settlement,
    ) -> StoreFuture<'a, ()>;
}
