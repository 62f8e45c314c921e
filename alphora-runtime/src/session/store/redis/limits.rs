//! What callers ask for, counted by the server for all processes.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::reply::{Reply, other_form};
use super::script::Script;
use super::store::Shared;
use super::timing::milliseconds;
use crate::principal::Limits;
use crate::session::store::limits::MOST_TOKENS;
use crate::session::store::{
    Bucket, Exceeded, LimitAccount, LimitStore, Operation, RunPlace, Settlement, StoreError, StoreFuture,
    Taken,
};

/// How many runs one script is given at most.
const RUNS: usize = 1_000;

/// The limits of a [`RedisStore`](super::RedisStore).
pub(super) struct RedisLimitStore(Arc<Shared>);

impl RedisLimitStore {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self(shared)
    }

    async fn run(
        &self,
        script: &Script,
        account: &LimitAccount,
        arguments: &[String],
    ) -> Result<Reply, StoreError> {
        let [rates, places] = self.0.keys.limits(account);
        let arguments: Vec<&[u8]> = arguments.iter().map(String::as_bytes).collect();
        Reply::new(self.0.connection.run(script, &[&rates, &places], &arguments).await?.value)
    }

    async fn take_one(
        &self,
        account: &LimitAccount,
        limits: &Limits,
        place: &RunPlace,
    ) -> Result<Taken, StoreError> {
        let arguments = [
            limit(limits.requests_per_minute),
            limit(limits.tokens_per_minute),
            limits.runs.map(|runs| runs.to_string()).unwrap_or_default(),
            name(place.run),
            milliseconds(place.lease).to_string(),
        ];
        let mut reply = self.run(&self.0.limit_scripts.take, account, &arguments).await?;
        let exceeded = match reply.text()?.as_str() {
            "" => None,
            "requests" => Some(Exceeded::Requests),
            "tokens" => Some(Exceeded::Tokens),
            "runs" => Some(Exceeded::Runs),
            _ => return Err(other_form()),
        };
        let (requests, tokens) = (Bucket::of_weight(reply.number()?), Bucket::of_weight(reply.number()?));
        Ok(Taken::new(exceeded, limits, requests, tokens))
    }

    async fn renew_all(
        &self,
        account: &LimitAccount,
        runs: &[u128],
        lease: Duration,
    ) -> Result<(), StoreError> {
        for some in runs.chunks(RUNS) {
            let lease = milliseconds(lease).to_string();
            let arguments: Vec<_> = [lease].into_iter().chain(some.iter().copied().map(name)).collect();
            self.run(&self.0.limit_scripts.renew, account, &arguments).await?;
        }
        Ok(())
    }

    async fn settle_all(
        &self,
        account: &LimitAccount,
        limits: &Limits,
        settlement: &Settlement,
    ) -> Result<(), StoreError> {
        let Settlement { runs, tokens, refunded } = settlement;
        let (first, rest) = runs.split_at(runs.len().min(RUNS));
        let limits = [limit(limits.requests_per_minute), limit(limits.tokens_per_minute)];
        let numbers = [(*tokens).min(MOST_TOKENS).to_string(), (*refunded).min(MOST_TOKENS).to_string()];
        let fixed = || limits.clone().into_iter();
        let arguments: Vec<_> = fixed().chain(numbers).chain(first.iter().copied().map(name)).collect();
        self.run(&self.0.limit_scripts.settle, account, &arguments).await?;
        for some in rest.chunks(RUNS) {
            let nothing = ["0", "0"].map(str::to_owned);
            let arguments: Vec<_> = fixed().chain(nothing).chain(some.iter().copied().map(name)).collect();
            self.run(&self.0.limit_scripts.settle, account, &arguments).await?;
        }
        Ok(())
    }
}

fn limit(limit: Option<u64>) -> String {
    limit.map(|limit| Bucket::limit(limit).to_string()).unwrap_or_default()
}

fn name(run: u128) -> String {
    format!("{run:032x}")
}

impl fmt::Debug for RedisLimitStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisLimitStore").field("target", self.0.connection.target()).finish_non_exhaustive()
    }
}

impl LimitStore for RedisLimitStore {
    fn take<'a>(
        &'a self,
        account: &'a LimitAccount,
        limits: &'a Limits,
        place: &'a RunPlace,
    ) -> StoreFuture<'a, Taken> {
        Box::pin(self.0.measure(Operation::Limits, self.take_one(account, limits, place)))
    }

    fn renew<'a>(
        &'a self,
        account: &'a LimitAccount,
        runs: &'a [u128],
        lease: Duration,
    ) -> StoreFuture<'a, ()> {
        Box::pin(self.0.measure(Operation::Limits, self.renew_all(account, runs, lease)))
    }

    fn settle<'a>(
        &'a self,
        account: &'a LimitAccount,
        limits: &'a Limits,
        settlement: &'a Settlement,
    ) -> StoreFuture<'a, ()> {
        Box::pin(self.0.measure(Operation::Limits, self.settle_all(account, limits, settlement)))
    }
}
