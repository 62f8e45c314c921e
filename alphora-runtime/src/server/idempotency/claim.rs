//! Takes a key for the run that a request is to begin, or finds the run that has it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use tokio::runtime::Handle;
use tokio::time::{Instant, sleep};

use super::give_back::give_back;
use super::kept::Kept;
use super::key::Keyed;
use super::record::{Record, Told};
use super::repetition::{Repetition, gone, refused};
use crate::agent::Session;
use crate::random::Identifier;
use crate::server::application::{Application, ServedEndpoint};
use crate::server::authentication::Caller;
use crate::server::respond::{Identity, Refusal};
use crate::session::store::{RunEvents, RunKey, StoreError, StoreFuture, within};
use crate::stream::Surface;
use crate::wire::ErrorBody;

/// How long a store may take to answer, and how long one request asks it in vain.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long a request may take from its claim to the log of its run: what refuses it lies in between.
const OPENING: Duration = Duration::from_secs(10);

/// How often a repetition looks for that log.
const LOOKED_EVERY: Duration = Duration::from_millis(50);

/// How often the log of a run is looked at that was refused: its claim may just be given up.
const LOOKS: u32 = 3;

/// How long a run may take beyond its clock: what waits for its session, and what is stored at its end.
pub(super) const BEYOND: Duration = Duration::from_secs(60);

/// What a request with a key is to do.
pub(in crate::server) enum Claimed {
    /// To begin a run: nobody has the key.
    First(Box<Claim>),
    /// To answer with what another run has answered, or will.
    Again(Box<Repetition>),
}

/// What a request asks for.
pub(in crate::server) struct Asked<'a> {
    pub(in crate::server) endpoint: &'a ServedEndpoint,
    pub(in crate::server) surface: Surface,
    pub(in crate::server) caller: &'a Caller,
    pub(in crate::server) session: &'a Session,
    /// Whether the answer announces the session.
    pub(in crate::server) announces: bool,
    pub(in crate::server) stream: bool,
    /// Whether the client comes back for what is missing of a stream.
    pub(in crate::server) comes_back: bool,
}

/// A key that belongs to a run. Dropping it before the run begins gives the key back.
pub(in crate::server) struct Claim {
    application: Arc<Application>,
    key: RunKey,
    note: Bytes,
    pub(in crate::server) run_id: Identifier,
    /// For how long the answer is kept.
    pub(in crate::server) time: Duration,
    /// Since when the key is claimed, and for how long.
    claimed: Mutex<(Instant, Duration)>,
    /// Nothing is to be given back by itself.
    is_kept: AtomicBool,
    is_released: AtomicBool,
}

/// Claims the key of a request. One that is a repetition is not charged for, and takes no place among the runs; one that
/// has to wait takes a place among those that do.
pub(in crate::server) async fn claim(
    application: &Arc<Application>,
    asked: &Asked<'_>,
    keyed: &Keyed,
) -> Result<Claimed, Refusal> {
    let Asked { endpoint, surface, caller, session, announces, stream, comes_back } = *asked;
    let run_id = Identifier::new("cmpl-").map_err(|error| Refusal::internal(&error))?;
    let record = Record::new(&Told {
        run: run_id.bits(),
        body: &keyed.body,
        path: (if surface == Surface::OpenAi { "openai" } else { "agent" }, &endpoint.endpoint.name),
        stream,
        named: matches!(session, Session::Named(_)),
        session: announces.then(|| session.key().id().as_str()),
    });
    let key = RunKey { agent: endpoint.sessions.clone(), owner: caller.owner.clone(), run: keyed.number };
    // While the run is under way, the claim is not to end before it.
    let longest =
        endpoint.clocks.total.saturating_add(application.server.idempotency_time.saturating_add(BEYOND));
    let claim = Claim::new(application, key, record.encode(), run_id, longest);
    let begun = Instant::now();
    let (mut looked, mut place) = (0, None);
    loop {
        let asking = || application.run_log.claim(&claim.key, &claim.note, longest);
        let Some(other) = asked_in_time(asking).await.map_err(|error| unavailable(&error))? else {
            return Ok(Claimed::First(Box::new(claim)));
        };
        // What it does not have it need not give back.
        claim.keep();
        let first = Record::decode(&other).ok_or_else(gone)?;
        if let Some(what) = record.differs_from(&first) {
            return Err(reused(what));
        }
        let run = first.run().ok_or_else(gone)?;
        let run = RunKey { run, ..claim.key.clone() };
        let reading = || application.run_log.read(&run, 0, Duration::ZERO);
        match asked_in_time(reading).await.map_err(|error| unavailable(&error))? {
            RunEvents::Gone => return Err(gone()),
            RunEvents::Events { events, .. } if Kept::is_refusal(&events) => {
                looked += 1;
                if looked >= LOOKS {
                    return Err(refused());
                }
            }
            // What it has answered could not be kept.
            RunEvents::Events { events, ended: true } if events.is_empty() => return Err(gone()),
            RunEvents::Events { events, ended } => {
                place = match place {
                    _ if Kept::is_first_of(&events) => None,
                    None => application.wait_for_rest(caller, &run, (&events, ended)).await?,
                    place => place,
                };
                let comes_back = stream && comes_back;
                let repetition =
                    Repetition::new(application, endpoint, (run, place), first, (stream, comes_back));
                return Ok(Claimed::Again(Box::new(repetition)));
            }
            // Nobody knows whether it was begun: its server may have been lost, or its log.
            RunEvents::Unknown if first.age() >= OPENING || begun.elapsed() >= OPENING => return Err(gone()),
            RunEvents::Unknown => {}
        }
        if place.is_none() {
            place = Some(application.wait_as(caller)?);
        }
        claim.is_kept.store(false, Ordering::Relaxed);
        sleep(LOOKED_EVERY).await;
    }
}

impl Claim {
    /// Nothing is claimed by this yet; `longest` is for how long it will be.
    pub(in crate::server) fn new(
        application: &Arc<Application>,
        key: RunKey,
        note: Bytes,
        run_id: Identifier,
        longest: Duration,
    ) -> Self {
        Self {
            application: application.clone(),
            key,
            note,
            run_id,
            time: application.server.idempotency_time,
            claimed: Mutex::new((Instant::now(), longest)),
            is_kept: AtomicBool::new(false),
            is_released: AtomicBool::new(false),
        }
    }

    /// Keeps the key for the run, which is about to begin.
    pub(in crate::server) fn keep(&self) {
        self.is_kept.store(true, Ordering::Relaxed);
    }

    /// Gives the key back: the agent's method was not called.
    pub(in crate::server) async fn release(&self) {
        self.keep();
        self.is_released.store(true, Ordering::Relaxed);
        give_back(&self.application, &self.key, &self.note).await;
    }

    /// Has the key last for longer than the run, which is under way and may take longer than its clock says. Only for one
    /// whose method was called: its key is never given back, and this cannot come after that.
    pub(in crate::server) async fn renew(&self) {
        let now = Instant::now();
        {
            let claimed = self.claimed.lock().unwrap_or_else(PoisonError::into_inner);
            let (since, time) = *claimed;
            if now.duration_since(since).saturating_add(self.time.saturating_add(BEYOND / 2)) < time {
                return;
            }
        }
        let time = self.time.saturating_add(BEYOND);
        match asked_in_time(|| self.application.run_log.claim(&self.key, &self.note, time)).await {
            Ok(None) => {}
            Ok(Some(_)) => {
                tracing::error!("an idempotency key has ended before its run, and another one has it");
            }
            Err(error) => {
                tracing::debug!(%error, "the claim of an idempotency key was not renewed; it is tried again");
                return;
            }
        }
        *self.claimed.lock().unwrap_or_else(PoisonError::into_inner) = (now, time);
    }

    /// Keeps the key for as long as the answer is kept, which is there now.
    pub(in crate::server) async fn settle(&self) {
        if self.is_released.load(Ordering::Relaxed) {
            return;
        }
        let asked = || self.application.run_log.claim(&self.key, &self.note, self.time);
        if let Err(error) = asked_in_time(asked).await {
            // It lasts for longer then.
            tracing::debug!(%error, "the claim of an idempotency key was not shortened");
        }
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        if self.is_kept.load(Ordering::Relaxed) {
            return;
        }
        let Ok(runtime) = Handle::try_current() else { return };
        let (application, key, note) = (self.application.clone(), self.key.clone(), self.note.clone());
        let giving_back = async move { give_back(&application, &key, &note).await };
        self.application.detached.spawn_on(giving_back, &runtime);
    }
}

/// Asks a second time where the first time gave no answer: what is asked may be repeated.
pub(super) async fn asked_in_time<'a, T>(ask: impl Fn() -> StoreFuture<'a, T>) -> Result<T, StoreError> {
    let asked = async {
        match ask().await {
            Err(StoreError::Unavailable { .. }) => ask().await,
            answer => answer,
        }
    };
    within(PATIENCE, "the log of runs", asked).await
}

/// Nothing was done, and whether something was done before cannot be known.
pub(super) fn unavailable(error: &StoreError) -> Refusal {
    tracing::warn!(%error, "an idempotency key cannot be looked up");
    let retry_after = match error {
        StoreError::Capacity { retry_after } | StoreError::Unavailable { retry_after, .. } => *retry_after,
        _ => Duration::ZERO,
    };
    let message = "what was answered to this `Idempotency-Key` cannot be looked up at the moment: try again";
    let body = ErrorBody::new("server_error", message).with_code("idempotency_unavailable");
    Refusal::new(StatusCode::SERVICE_UNAVAILABLE, body).retry_after(retry_after.as_secs().max(1))
}

fn reused(what: &str) -> Refusal {
    let message = format!(
        "this `Idempotency-Key` was sent before with another request: the {what} differs; send a new key with a new \
         request"
    );
    let body = ErrorBody::new("conflict_error", message)
        .with_param(super::key::SHOWN)
        .with_code("idempotency_key_reused");
    Refusal::new(StatusCode::CONFLICT, body).never_retry()
}

/// The identity of an answer that another request has begun.
pub(super) fn identity_of(identity: &Identity) -> Identity {
    Identity { run_id: None, session_id: None, ..identity.clone() }
}
