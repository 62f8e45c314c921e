//! How many answers wait for runs that they have not begun.
//!
//! A repetition of a request, and a stream that is read again, take no place among the runs and count for no rate: what
//! they wait for was counted when it began. But each holds a connection and asks the log again and again, which other
//! servers may share, so that each owner has a bounded number of them at one server. What is there already is given
//! without waiting, and is not counted.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::StatusCode;

use super::application::Application;
use super::authentication::Caller;
use super::respond::Refusal;
use crate::session::store::{LoggedEvent, RunKey, within};
use crate::session::{Owner, share};
use crate::wire::ErrorBody;

/// So many answers of one owner may wait however few runs it may have: a client may ask again for each run that is under
/// way, from several places at once, and a handful of them is no burden.
pub(super) const FEWEST: usize = 64;

/// How long the log may take to say whether a run has ended. Until it says so, whoever asks is taken to wait.
const PATIENCE: Duration = Duration::from_secs(5);

/// After how many seconds a client asks again that was refused.
const AGAIN: u64 = 1;

/// How many answers of each owner wait at this server. Who has none is not kept, so that there are never more owners than
/// answers that wait.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    owners: Mutex<HashMap<Owner, usize>>,
}

/// A place among the answers of its owner that wait, which it gives back when it is dropped.
#[derive(Debug)]
pub(super) struct WaitingPlace {
    waiting: Arc<Waiting>,
    owner: Owner,
}

impl Waiting {
    fn owners(&self) -> MutexGuard<'_, HashMap<Owner, usize>> {
        self.owners.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many answers of `owner` wait.
    #[cfg(test)]
    pub(super) fn count(&self, owner: &Owner) -> usize {
        self.owners().get(owner).copied().unwrap_or_default()
    }

    /// One more answer of `owner` waits, unless `most` do.
    fn enter(self: &Arc<Self>, owner: &Owner, most: usize) -> Option<WaitingPlace> {
        let mut owners = self.owners();
        let count = owners.get(owner).copied().unwrap_or_default();
        if count >= most {
            return None;
        }
        owners.insert(owner.clone(), count + 1);
        drop(owners);
        Some(WaitingPlace { waiting: self.clone(), owner: owner.clone() })
    }
}

impl Drop for WaitingPlace {
    fn drop(&mut self) {
        let mut owners = self.waiting.owners();
        let Some(count) = owners.get_mut(&self.owner) else { return };
        *count -= 1;
        if *count == 0 {
            owners.remove(&self.owner);
        }
    }
}

impl Application {
    /// A place for an answer that waits for a run of its caller's.
    ///
    /// # Errors
    /// As many of its owner's answers wait as may.
    pub(super) fn wait_as(&self, caller: &Caller) -> Result<WaitingPlace, Refusal> {
        let runs = self.limiter.runs_of(caller);
        let most = most_of(&caller.owner, runs, self.server.max_runs);
        self.waiting.enter(&caller.owner, most).ok_or_else(|| too_many(most))
    }

    /// The same for an answer that has found `events` of a run, unless they are all, or the run has ended and what is
    /// missing only has to be read.
    pub(super) async fn wait_for_rest(
        &self,
        caller: &Caller,
        run: &RunKey,
        (events, ended): (&[LoggedEvent], bool),
    ) -> Result<Option<WaitingPlace>, Refusal> {
        if ended || (!events.is_empty() && self.has_ended(run).await) {
            return Ok(None);
        }
        self.wait_as(caller).map(Some)
    }

    /// Whether the log says that a run of which it has events has ended.
    async fn has_ended(&self, run: &RunKey) -> bool {
        !self.running.contains_key(&run.run)
            && within(PATIENCE, "the log of runs", self.run_log.silence(run)).await == Ok(None)
    }
}

/// How many answers of one owner may wait: one for each run that its caller may have here at once, and no fewer than
/// [`FEWEST`]. Where nothing was said of its runs, an owner with a name has a share of all, and one without, who may be
/// everybody, all.
fn most_of(owner: &Owner, runs: Option<u64>, all_runs: usize) -> usize {
    let most = if owner.name().is_some() { share(all_runs) } else { all_runs };
    let runs = runs.map_or(usize::MAX, |runs| usize::try_from(runs).unwrap_or(usize::MAX));
    most.min(runs).max(FEWEST)
}

/// Nothing was done, and the answers that wait now will be there sooner or later.
fn too_many(most: usize) -> Refusal {
    let message = format!(
        "rate limit reached for answers that wait for runs under way, as repetitions of a request and streams that are \
         read again do: limit {most}, try again in {AGAIN}s"
    );
    let body = ErrorBody::new("rate_limit_error", message).with_code("rate_limit_exceeded");
    Refusal::new(StatusCode::TOO_MANY_REQUESTS, body).retry_after(AGAIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_owner_has_its_places_and_none_is_kept_for_nothing() {
        let waiting: Arc<Waiting> = Arc::default();
        let (ann, bob) = (Owner::named("ann"), Owner::named("bob"));
        let mut places: Vec<_> = (0..3).map(|_| waiting.enter(&ann, 3)).collect();
        assert!(places.iter().all(Option::is_some) && waiting.enter(&ann, 3).is_none());
        let of_others = (waiting.enter(&bob, 1), waiting.enter(&Owner::anonymous(), 1));
        assert!(of_others.0.is_some() && of_others.1.is_some());
        assert_eq!(waiting.owners().len(), 3);
        places.pop();
        places.push(waiting.enter(&ann, 3));
        assert!(places.iter().all(Option::is_some) && waiting.enter(&ann, 3).is_none());
        drop((places, of_others));
        assert_eq!(waiting.owners().len(), 0);
    }

    #[test]
    fn who_may_have_more_runs_may_wait_for_more() {
        let (ann, nobody) = (Owner::named("ann"), Owner::anonymous());
        for (owner, runs, all_runs, most) in [
            (&ann, None, 1024, 768),
            (&nobody, None, 1024, 1024),
            (&ann, Some(1), 1024, FEWEST),
            (&ann, Some(100), 1024, 100),
            (&ann, Some(u64::MAX), 1024, 768),
            (&nobody, Some(1), 1024, FEWEST),
            (&nobody, None, 1, FEWEST),
        ] {
            assert_eq!(most_of(owner, runs, all_runs), most, "{owner:?} {runs:?} {all_runs}");
        }
    }
}
