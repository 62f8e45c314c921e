//! The published checks of a store of limits: one in memory passes them, and one that breaks a promise is told which.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use alphora::Limits;
use alphora::session::store::conformance;
use alphora::session::store::{
    Exceeded, InMemoryLimitStore, InMemoryStore, LimitAccount, LimitStore, RunPlace, SessionStore,
    Settlement, StoreFuture, Taken,
};

#[tokio::test(start_paused = true)]
async fn limits_in_memory_are_kept() {
    let store = InMemoryStore::default().limits().expect("a store in memory counts");
    let report = conformance::limit_store(store).await.unwrap_or_else(|violation| panic!("{violation}"));
    assert_eq!(report.passed.len(), conformance::LIMIT_STORE.len());
}

/// What is wrong with a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    GrantsOneMore,
    CountsRefusals,
    NeverRecovers,
    ForgetsTokens,
    ForgetsDebts,
    KeepsPlaces,
    LosesPlaces,
    DoesNotRenew,
    NeverEndsPlaces,
    MixesAccounts,
    CountsWithoutLimits,
    ForgetsRefunds,
}

const FOUND: &[(Fault, &str)] = &[
    (Fault::GrantsOneMore, "limit_requests"),
    (Fault::GrantsOneMore, "limit_races"),
    (Fault::CountsRefusals, "limit_refused"),
    (Fault::ForgetsRefunds, "limit_refused"),
    (Fault::NeverRecovers, "limit_recovery"),
    (Fault::NeverRecovers, "limit_tokens_recovery"),
    (Fault::ForgetsTokens, "limit_tokens"),
    (Fault::ForgetsDebts, "limit_tokens"),
    (Fault::KeepsPlaces, "limit_places"),
    (Fault::KeepsPlaces, "limit_many_places"),
    (Fault::LosesPlaces, "limit_places"),
    (Fault::DoesNotRenew, "limit_leases"),
    (Fault::NeverEndsPlaces, "limit_leases"),
    (Fault::MixesAccounts, "limit_accounts"),
    (Fault::CountsWithoutLimits, "limit_none"),
];

#[tokio::test(start_paused = true)]
async fn each_broken_promise_of_limits_is_found_and_named() {
    for (fault, name) in FOUND {
        let check = conformance::LIMIT_STORE.iter().find(|check| check.name == *name).unwrap();
        let broken = Faulty { fault: *fault, inner: InMemoryLimitStore::default(), calls: AtomicU64::new(0) };
        let violation = check.run(Arc::new(broken)).await.expect_err(name);
        assert_eq!((violation.check, violation.promise), (check.name, check.promise), "{fault:?}");
        assert!(violation.to_string().contains(&violation.expected), "{violation}");
    }
}

#[derive(Debug)]
struct Faulty {
    fault: Fault,
    inner: InMemoryLimitStore,
    calls: AtomicU64,
}

impl Faulty {
    fn is(&self, fault: Fault) -> bool {
        self.fault == fault
    }

    fn account(&self, account: &LimitAccount) -> LimitAccount {
        match account {
            LimitAccount::Caller(name) if self.is(Fault::MixesAccounts) => {
                LimitAccount::Caller(name.to_lowercase().into())
            }
            other => other.clone(),
        }
    }
}

impl LimitStore for Faulty {
    fn take<'a>(
        &'a self,
        account: &'a LimitAccount,
        limits: &'a Limits,
        place: &'a RunPlace,
    ) -> StoreFuture<'a, Taken> {
        Box::pin(async move {
            let account = self.account(account);
            let mut limits = *limits;
            if self.is(Fault::CountsWithoutLimits) {
                limits.requests_per_minute.get_or_insert(1_000);
            }
            let mut place = *place;
            if self.is(Fault::NeverEndsPlaces) {
                place.lease = Duration::MAX;
            }
            if self.is(Fault::KeepsPlaces) || self.is(Fault::LosesPlaces) {
                // Under a number that nobody can give back; or under one for all.
                let call = self.calls.fetch_add(1, Ordering::SeqCst);
                place.run = if self.is(Fault::KeepsPlaces) { u128::from(call) } else { 7 };
            }
            let taken = self.inner.take(&account, &limits, &place).await?;
            Ok(match taken {
                Taken::Refused { standing, limit: Exceeded::Requests, .. }
                    if self.is(Fault::GrantsOneMore) && self.calls.fetch_add(1, Ordering::SeqCst) < 9 =>
                {
                    Taken::Granted(standing)
                }
                Taken::Refused { .. } if self.is(Fault::CountsRefusals) => {
                    let without_places = Limits { runs: None, ..limits };
                    self.inner.take(&account, &without_places, &place).await?;
                    taken
                }
                Taken::Granted(mut standing) if self.is(Fault::NeverRecovers) => {
                    if let Some(requests) = &mut standing.requests {
                        requests.remaining =
                            requests.limit.saturating_sub(self.calls.fetch_add(1, Ordering::SeqCst));
                    }
                    if standing.tokens.is_some() && self.calls.fetch_add(1, Ordering::SeqCst) > 0 {
                        let retry_after = Duration::from_millis(1);
                        return Ok(Taken::Refused { limit: Exceeded::Tokens, retry_after, standing });
                    }
                    Taken::Granted(standing)
                }
                other => other,
            })
        })
    }

    fn renew<'a>(
        &'a self,
        account: &'a LimitAccount,
        runs: &'a [u128],
        lease: Duration,
    ) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            if self.is(Fault::DoesNotRenew) {
                return Ok(());
            }
            self.inner.renew(&self.account(account), runs, lease).await
        })
    }

    fn settle<'a>(
        &'a self,
        account: &'a LimitAccount,
        limits: &'a Limits,
        settlement: &'a Settlement,
    ) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            let mut settlement = settlement.clone();
            match self.fault {
                Fault::ForgetsTokens => settlement.tokens = 0,
                Fault::ForgetsDebts => settlement.tokens = settlement.tokens.min(60),
                Fault::ForgetsRefunds => settlement.refunded = 0,
                Fault::KeepsPlaces => settlement.runs.clear(),
                _ => {}
            }
            self.inner.settle(&self.account(account), limits, &settlement).await
        })
    }
}
