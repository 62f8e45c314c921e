//! What callers ask for, counted by the database for all processes.

use std::sync::Arc;
use std::time::Duration;

use super::connections::Connections;
use super::function::{self, column};
use super::names;
use crate::principal::Limits;
use crate::session::store::limits::MOST_TOKENS;
use crate::session::store::{
    Bucket, Exceeded, LimitAccount, LimitStore, RunPlace, Settlement, StoreError, StoreFuture, Taken,
};

/// The limits of a [`PostgresStore`](super::PostgresStore).
#[derive(Debug)]
pub(super) struct PostgresLimitStore {
    connections: Arc<Connections>,
}

impl PostgresLimitStore {
    pub(super) fn new(connections: Arc<Connections>) -> Self {
        Self { connections }
    }

    async fn take_one(
        &self,
        account: &LimitAccount,
        limits: &Limits,
        place: &RunPlace,
    ) -> Result<Taken, StoreError> {
        let account = key(account);
        let (requests, tokens) = (limit(limits.requests_per_minute), limit(limits.tokens_per_minute));
        let runs = limits.runs.map(names::signed);
        let (run, lease) = (bytes(place.run), names::milliseconds(place.lease));
        let row = self
            .connections
            .call_for_one(&function::TAKE_PLACE, &[&account, &requests, &tokens, &runs, &run, &lease])
            .await?;
        let exceeded = match column::<i16>(&row, "exceeded")? {
            0 => None,
            1 => Some(Exceeded::Requests),
            2 => Some(Exceeded::Tokens),
            _ => Some(Exceeded::Runs),
        };
        let bucket =
            |name| column::<i64>(&row, name).map(|weight| Bucket::of_weight(names::unsigned(weight)));
        Ok(Taken::new(exceeded, limits, bucket("requests")?, bucket("tokens")?))
    }
}

/// The account's name; PostgreSQL's texts hold every character but NUL.
fn key(account: &LimitAccount) -> String {
    names::agent(&account.key()).into_owned()
}

fn limit(limit: Option<u64>) -> Option<i64> {
    limit.map(|limit| names::signed(Bucket::limit(limit)))
}

fn bytes(run: u128) -> Vec<u8> {
    run.to_be_bytes().to_vec()
}

impl LimitStore for PostgresLimitStore {
    fn take<'a>(
        &'a self,
        account: &'a LimitAccount,
        limits: &'a Limits,
        place: &'a RunPlace,
    ) -> StoreFuture<'a, Taken> {
        Box::pin(self.take_one(account, limits, place))
    }

    fn renew<'a>(
        &'a self,
        account: &'a LimitAccount,
        runs: &'a [u128],
        lease: Duration,
    ) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            let (account, lease) = (key(account), names::milliseconds(lease));
            let runs: Vec<_> = runs.iter().copied().map(bytes).collect();
            self.connections.call(&function::RENEW_PLACES, &[&account, &runs, &lease]).await.map(drop)
        })
    }

    fn settle<'a>(
        &'a self,
        account: &'a LimitAccount,
        limits: &'a Limits,
        settlement: &'a Settlement,
    ) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            let account = key(account);
            let (requests, tokens) = (limit(limits.requests_per_minute), limit(limits.tokens_per_minute));
            let runs: Vec<_> = settlement.runs.iter().copied().map(bytes).collect();
            let used = names::signed(settlement.tokens.min(MOST_TOKENS));
            let refunded = names::signed(settlement.refunded.min(MOST_TOKENS));
            self.connections
                .call(&function::SETTLE_PLACES, &[&account, &requests, &tokens, &runs, &used, &refunded])
                .await
                .map(drop)
        })
    }
}
