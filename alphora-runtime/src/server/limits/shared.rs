//! A store in which several servers count together, and what happens while it cannot be asked.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::forgotten::Forgotten;
use crate::principal::Limits;
use crate::session::store::{
    Exceeded, LimitAccount, LimitStore, RunPlace, Settlement, StoreError, StoreFuture, Taken, within,
};

/// How long the store may take for an answer, before this server counts by itself.
const PATIENCE: Duration = Duration::from_secs(1);

/// How long a store that did not answer is left alone; then one request asks it again.
const REST: Duration = Duration::from_secs(1);

/// How long a run that finds no place waits before it asks once more: places are given back just after the end of an
/// answer, and the client that has read it may be quicker.
const SECOND_LOOK: Duration = Duration::from_millis(50);

/// A place is renewed so often in its time: a server may miss four renewals.
const RENEWALS: u32 = 5;

/// How many accounts are settled at once.
const AT_ONCE: usize = 16;

/// How many accounts, and how many runs of one, wait at most to be settled. What is more is forgotten: places end by
/// themselves.
const ACCOUNTS: usize = 16_384;
const RUNS: usize = 16_384;

/// How long the server, while it stops, goes on settling.
const FAREWELL: Duration = Duration::from_secs(1);

/// The store, and what this server has to tell it.
pub(super) struct Shared {
    store: Arc<dyn LimitStore>,
    lease: Duration,
    tasks: TaskTracker,
    stop: CancellationToken,
    state: Mutex<State>,
    /// Something has ended.
    ended: Notify,
    started: OnceLock<()>,
}

#[derive(Default)]
struct State {
    /// The places that are to be renewed.
    places: HashMap<LimitAccount, HashSet<u128>>,
    /// What is to be settled.
    ended: HashMap<LimitAccount, (Limits, Settlement)>,
    /// Settlements for which there was no room.
    forgotten: Forgotten,
    /// Until when nobody asks the store.
    rests: Option<Instant>,
}

impl Shared {
    pub(super) fn new(
        store: Arc<dyn LimitStore>,
        lease: Duration,
        tasks: TaskTracker,
        stop: CancellationToken,
    ) -> Self {
        let (state, ended, started) = (Mutex::default(), Notify::new(), OnceLock::new());
        Self { store, lease, tasks, stop, state, ended, started }
    }

    /// Counts a run; nothing if the store cannot be asked.
    pub(super) async fn take(
        self: &Arc<Self>,
        account: &LimitAccount,
        limits: &Limits,
        run: u128,
    ) -> Option<Taken> {
        let place = RunPlace { run, lease: self.lease };
        if self.rests() {
            return None;
        }
        self.started.get_or_init(|| drop(self.tasks.spawn(self.clone().keep())));
        let mut taken = self.answer(self.store.take(account, limits, &place)).await;
        if matches!(taken, Some(Taken::Refused { limit: Exceeded::Runs, .. })) {
            sleep(SECOND_LOOK).await;
            taken = self.answer(self.store.take(account, limits, &place)).await;
        }
        let Some(taken) = taken else {
            // It may have counted the run all the same, and would keep its place for the whole lease.
            if limits.runs.is_some() {
                let settlement = Settlement { runs: vec![run], ..Settlement::default() };
                self.settle(account.clone(), *limits, settlement);
            }
            return None;
        };
        if matches!(taken, Taken::Granted(_)) && limits.runs.is_some() {
            self.state().places.entry(account.clone()).or_default().insert(run);
        }
        Some(taken)
    }

    /// Has what a run has taken settled, soon.
    pub(super) fn settle(&self, account: LimitAccount, limits: Limits, settlement: Settlement) {
        let mut state = self.state();
        if let Some(places) = state.places.get_mut(&account) {
            for run in &settlement.runs {
                places.remove(run);
            }
            if places.is_empty() {
                state.places.remove(&account);
            }
        }
        if state.ended.len() >= ACCOUNTS && !state.ended.contains_key(&account) {
            let forgotten = state.forgotten.note();
            drop(state);
            if let Some(settlements) = forgotten {
                tracing::warn!(
                    settlements,
                    "what runs have used is not counted, because that of {ACCOUNTS} callers waits for the store already"
                );
            }
            return;
        }
        let (known, all) = state.ended.entry(account).or_default();
        *known = limits;
        all.tokens = all.tokens.saturating_add(settlement.tokens);
        all.refunded = all.refunded.saturating_add(settlement.refunded);
        let room = RUNS.saturating_sub(all.runs.len());
        all.runs.extend(settlement.runs.into_iter().take(room));
        drop(state);
        self.ended.notify_one();
    }

    /// What the store says, if it says something in time.
    async fn answer<T>(&self, question: StoreFuture<'_, T>) -> Option<T> {
        match in_time(question).await {
            Ok(answer) => {
                if self.state().rests.take().is_some() {
                    tracing::info!("the limits are counted by all servers together again");
                }
                Some(answer)
            }
            Err(error) => {
                if self.state().rests.replace(Instant::now() + REST).is_none() {
                    tracing::warn!(
                        %error,
                        "the limits are counted by each server alone, because the store cannot be asked"
                    );
                }
                None
            }
        }
    }

    /// Whether the store is left alone. Who finds that its time is over is the one who asks it.
    fn rests(&self) -> bool {
        let now = Instant::now();
        let mut state = self.state();
        match state.rests {
            None => false,
            Some(until) if until > now => true,
            Some(_) => {
                state.rests = Some(now + PATIENCE + REST);
                false
            }
        }
    }

    /// Renews the places of runs under way, and settles what has ended, until the server stops.
    async fn keep(self: Arc<Self>) {
        let period = (self.lease / RENEWALS).max(Duration::from_millis(1));
        let mut renewal = interval_at(Instant::now() + period, period);
        renewal.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                () = self.stop.cancelled() => break,
                _ = renewal.tick() => self.until_stopped(self.renew_places()).await,
                () = self.ended.notified() => self.until_stopped(self.settle_ended()).await,
            }
        }
        if timeout(FAREWELL, self.settle_ended()).await.is_err() {
            tracing::warn!("not everything was settled that counts for the limits");
        }
    }

    /// Goes on for a short time at most when the server stops.
    async fn until_stopped(&self, work: impl Future<Output = ()>) {
        let stopped = async {
            self.stop.cancelled().await;
            sleep(FAREWELL).await;
        };
        tokio::select! {
            () = work => {}
            () = stopped => {}
        }
    }

    async fn renew_places(self: &Arc<Self>) {
        let places: Vec<(LimitAccount, Vec<u128>)> = {
            let state = self.state();
            let list = |runs: &HashSet<u128>| runs.iter().copied().collect();
            state.places.iter().map(|(account, runs)| (account.clone(), list(runs))).collect()
        };
        each(places, |(account, runs)| {
            let shared = self.clone();
            async move {
                if let Err(error) = in_time(shared.store.renew(&account, &runs, shared.lease)).await {
                    tracing::debug!(%error, "places of runs were not renewed");
                }
            }
        })
        .await;
    }

    async fn settle_ended(self: &Arc<Self>) {
        // What ends meanwhile is settled together, so that a slow store is asked less often.
        let ended = std::mem::take(&mut self.state().ended);
        each(ended, |(account, (limits, settlement))| {
            let shared = self.clone();
            async move { shared.settle_account(&account, &limits, &settlement).await }
        })
        .await;
    }

    /// Twice at most: what may have been counted is not counted again and again.
    async fn settle_account(&self, account: &LimitAccount, limits: &Limits, settlement: &Settlement) {
        if in_time(self.store.settle(account, limits, settlement)).await.is_ok() {
            return;
        }
        sleep(REST).await;
        if let Err(error) = in_time(self.store.settle(account, limits, settlement)).await {
            let tokens = settlement.tokens;
            tracing::warn!(%error, tokens, "what runs have used is not counted, because the store cannot be asked");
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Does something with each, some at once.
async fn each<T, F>(all: impl IntoIterator<Item = T>, action: impl Fn(T) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let mut under_way = JoinSet::new();
    for one in all {
        if under_way.len() >= AT_ONCE {
            under_way.join_next().await;
        }
        under_way.spawn(action(one));
    }
    while under_way.join_next().await.is_some() {}
}

async fn in_time<T>(question: StoreFuture<'_, T>) -> Result<T, StoreError> {
    within(PATIENCE, "the store of limits", question).await
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared")
            .field("store", &self.store)
            .field("lease", &self.lease)
            .finish_non_exhaustive()
    }
}
