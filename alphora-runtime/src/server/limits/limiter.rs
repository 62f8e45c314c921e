//! Lets runs in.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::RateLimits;
use super::admitted::{Admitted, Counter, Takings};
use super::refused::refused;
use super::shared::Shared;
use crate::config::ServerConfig;
use crate::principal::Limits;
use crate::random::Identifier;
use crate::server::authentication::Caller;
use crate::server::hexadecimal::hexadecimal;
use crate::server::respond::{Identity, Refusal};
use crate::session::store::{InMemoryLimitStore, LimitAccount, LimitStore, RunPlace, Taken};

/// The longest name under which a caller is counted; a longer one is counted by what it begins with and a hash of all of
/// it, so that nobody's name takes more room than this.
const LONGEST_NAME: usize = 256;

/// Knows how much has been asked for.
#[derive(Debug)]
pub(in crate::server) struct Limiter {
    /// The limits of all callers together.
    everybody: Limits,
    /// Those of each caller that has none of its own.
    callers: Limits,
    here: Arc<InMemoryLimitStore>,
    shared: Option<Arc<Shared>>,
}

impl Limiter {
    /// Counts in `store`, if there is one; `tasks` and `stop` are of the server's background.
    pub(in crate::server) fn new(
        server: &ServerConfig,
        store: Option<Arc<dyn LimitStore>>,
        tasks: &TaskTracker,
        stop: &CancellationToken,
    ) -> Self {
        let everybody = Limits {
            requests_per_minute: server.requests_per_minute,
            tokens_per_minute: server.tokens_per_minute,
            // There is `max_runs` for that, which is of each server.
            runs: None,
        };
        let shared = store
            .map(|store| Arc::new(Shared::new(store, server.session_lease, tasks.clone(), stop.clone())));
        Self { everybody, callers: server.key_limits, here: Arc::default(), shared }
    }

    /// Lets a run of `caller` in, and notes in `identity` what its answer is to say of the limits.
    pub(in crate::server) async fn admit(
        &self,
        caller: &Caller,
        run: Identifier,
        identity: &mut Identity,
    ) -> Result<Admitted, Refusal> {
        let own = self.own_of(caller);
        if own.is_none() && self.everybody.is_none() {
            return Ok(Admitted::default());
        }
        // For its caller first: who is over its own limits is no burden to others.
        let accounts = [(account_of(caller), own), (LimitAccount::Everybody, self.everybody)];
        let mut accounts = accounts.into_iter().filter(|(_, limits)| !limits.is_none());
        let mut tally = Tally { takings: Takings::of(run.bits()), said: RateLimits::default() };
        let counted = match &self.shared {
            None => accounts.try_for_each(|(account, limits)| {
                let counter = Counter::Here(self.here.clone());
                let taken = self.take_here(&account, &limits, run.bits());
                tally.note(account, limits, counter, taken)
            }),
            // Boxed: few servers share their limits.
            Some(shared) => Box::pin(self.count_together(shared, &mut tally, accounts)).await,
        };
        identity.limits = Some(Box::new(tally.said));
        counted.map(|()| Admitted::new(tally.takings))
    }

    /// How many runs a caller may have at once, if that was said.
    pub(in crate::server) fn runs_of(&self, caller: &Caller) -> Option<u64> {
        self.own_of(caller).runs
    }

    /// The limits of a caller: its own, and those of all callers where it has none.
    fn own_of(&self, caller: &Caller) -> Limits {
        caller.principal.as_ref().map_or(self.callers, |known| known.limits().or(self.callers))
    }

    /// Counts a run for its accounts where other servers count too, or here while that is not to be had.
    async fn count_together(
        &self,
        shared: &Arc<Shared>,
        tally: &mut Tally,
        accounts: impl Iterator<Item = (LimitAccount, Limits)>,
    ) -> Result<(), Refusal> {
        let run = tally.takings.run;
        for (account, limits) in accounts {
            // Noted before it is asked for, so that it is given back wherever the request ends.
            tally.takings.begin(account.clone(), limits, Counter::Shared(shared.clone()));
            let asked = shared.take(&account, &limits, run).await;
            tally.takings.forget_last();
            let (counter, taken) = match asked {
                Some(taken) => (Counter::Shared(shared.clone()), taken),
                None => (Counter::Here(self.here.clone()), self.take_here(&account, &limits, run)),
            };
            tally.note(account, limits, counter, taken)?;
        }
        Ok(())
    }

    /// What is counted here ends with its run, and with this process.
    fn take_here(&self, account: &LimitAccount, limits: &Limits, run: u128) -> Taken {
        self.here.take_now(account, limits, RunPlace { run, lease: Duration::MAX })
    }
}

/// What a run has been counted for so far, and what is to be said of it.
struct Tally {
    takings: Takings,
    said: RateLimits,
}

impl Tally {
    /// One account has answered. Where it refuses, the ones before it do not count either.
    fn note(
        &mut self,
        account: LimitAccount,
        limits: Limits,
        counter: Counter,
        taken: Taken,
    ) -> Result<(), Refusal> {
        match taken {
            Taken::Granted(standing) => {
                self.said.or(standing);
                self.takings.begin(account, limits, counter);
                Ok(())
            }
            Taken::Refused { limit, retry_after, standing } => {
                self.takings.refund();
                self.said.refused(standing);
                Err(refused(limit, &account, &limits, retry_after))
            }
        }
    }
}

/// Whose limits a request is counted under.
fn account_of(caller: &Caller) -> LimitAccount {
    // The name alone is not enough: a key and a token's subject may have the same.
    let name: Cow<'_, str> = match (&caller.principal, caller.owner.name()) {
        (None, None) => return LimitAccount::Anonymous,
        (None, Some(owner)) => owner.into(),
        (Some(known), _) if known.owner() == known.name() => known.name().into(),
        (Some(known), _) => format!("{}\n{}", known.owner(), known.name()).into(),
    };
    if name.len() <= LONGEST_NAME {
        LimitAccount::Caller(name.into())
    } else {
        LimitAccount::Caller(shortened(&name).into())
    }
}

/// A name of bounded length that no other name has.
fn shortened(name: &str) -> String {
    use sha2::{Digest as _, Sha256};

    let mut short: String = name.chars().take(32).collect();
    short.push_str("..");
    short + &hexadecimal(&Sha256::digest(name))
}
