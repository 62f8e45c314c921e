//! A request that was sent before: its answer, as soon as it is there.

use std::sync::Arc;
use std::time::Duration;

use http::{HeaderName, HeaderValue, Response, StatusCode};
use tokio::time::{Instant, sleep_until, timeout};

use super::claim::{BEYOND, identity_of, unavailable};
use super::kept::Kept;
use super::record::Record;
use crate::server::application::{Application, ServedEndpoint};
use crate::server::respond::{
    self, AnswerBody, FollowBody, Found, Identity, RUN_ID, Refusal, SESSION_ID, Silence, lost,
};
use crate::server::waiting::WaitingPlace;
use crate::session::store::{RunEvents, RunKey, StoreError};
use crate::wire::ErrorBody;

/// Says that the answer is another request's.
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// How long the log may wait for something before the rest is looked at, and how much longer its answer may take.
const WAIT: Duration = Duration::from_secs(1);
const PATIENCE: Duration = Duration::from_secs(5);

/// How often a log is asked that does not wait, and for how long one that is not available.
const ASKED_EVERY: Duration = Duration::from_millis(100);
const TRIED_FOR: Duration = Duration::from_secs(10);

/// After how many seconds a client asks again for an answer that is not there.
const AGAIN: u64 = 1;

/// A request that was sent before, and the run that answers it.
pub(in crate::server) struct Repetition {
    application: Arc<Application>,
    run: RunKey,
    /// Among the answers that wait, unless all is there already.
    place: Option<WaitingPlace>,
    session: Option<String>,
    stream: bool,
    comes_back: bool,
    keep_alive: Duration,
    /// How long a run of this agent may take.
    longest: Duration,
}

/// What there is of an answer.
enum Answer {
    Whole(Kept),
    /// Events of a stream; none of one that is silent.
    Events(Found),
}

impl Repetition {
    pub(super) fn new(
        application: &Arc<Application>,
        endpoint: &ServedEndpoint,
        (run, place): (RunKey, Option<WaitingPlace>),
        first: Record,
        (stream, comes_back): (bool, bool),
    ) -> Self {
        Self {
            application: application.clone(),
            run,
            place,
            session: first.session,
            stream,
            comes_back,
            keep_alive: endpoint.keep_alive,
            longest: endpoint.clocks.total.saturating_add(BEYOND),
        }
    }

    /// Answers as the first request was answered, or is being answered.
    ///
    /// Dropping this is that client's leaving, which is of no concern to the run.
    pub(in crate::server) async fn answer(
        self,
        identity: &Identity,
    ) -> Result<Response<AnswerBody>, Refusal> {
        let identity = identity_of(identity);
        let answer = self.wait().await?;
        tracing::debug!(
            request_id = identity.request_id.as_str(),
            "a request was answered by an earlier one's run"
        );
        let mut response = match answer {
            Answer::Whole(kept) => kept.into_response(&identity),
            Answer::Events(found) => self.stream(found, &identity),
        };
        response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
        Ok(response)
    }

    fn stream(self, found: Found, identity: &Identity) -> Response<AnswerBody> {
        let run_id = format!("cmpl-{:032x}", self.run.run);
        let found = (found, self.place);
        let body =
            FollowBody::resumed(self.application, self.run, 0, found, self.keep_alive, !self.comes_back);
        let mut response = respond::event_response(AnswerBody::Follow(Box::new(body)), identity);
        for (name, value) in [(RUN_ID, Some(run_id)), (SESSION_ID, self.session)] {
            if let Some(value) = value.and_then(|value| HeaderValue::try_from(value).ok()) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }

    /// Waits for the answer, or for the beginning of a stream.
    async fn wait(&self) -> Result<Answer, Refusal> {
        let begun = Instant::now();
        let wait = if self.stream { WAIT.min(self.keep_alive) } else { WAIT };
        let mut failing_since = None;
        let mut silence = Silence::default();
        loop {
            let asked = Instant::now();
            let read = timeout(wait + PATIENCE, self.application.run_log.read(&self.run, 0, wait)).await;
            match read.unwrap_or_else(|_| Err(StoreError::unavailable("no answer"))) {
                Ok(RunEvents::Events { events, ended }) => {
                    failing_since = None;
                    if Kept::is_refusal(&events) {
                        return Err(refused());
                    }
                    if let Some(kept) = events.first().and_then(|event| Kept::decode(&event.bytes)) {
                        return Ok(Answer::Whole(kept));
                    }
                    if !events.is_empty() {
                        return Ok(Answer::Events((events, ended)));
                    }
                    // It could not be kept.
                    if ended {
                        return Err(gone());
                    }
                    if self.stream && begun.elapsed() >= self.keep_alive {
                        return Ok(Answer::Events((events, ended)));
                    }
                    self.check(begun, &mut silence).await?;
                }
                Ok(RunEvents::Gone | RunEvents::Unknown) => return Err(gone()),
                Err(error) => {
                    silence.doubt();
                    if failing_since.get_or_insert(asked).elapsed() >= TRIED_FOR {
                        return Err(unavailable(&error));
                    }
                }
            }
            sleep_until(asked + ASKED_EVERY).await;
        }
    }

    /// Whether it is of any use to wait on for a run of which nothing is to be read.
    async fn check(&self, begun: Instant, silence: &mut Silence) -> Result<(), Refusal> {
        if self.application.running.contains_key(&self.run.run) {
            return Ok(());
        }
        if self.application.is_draining() {
            return Err(Refusal::shutting_down());
        }
        if silence.is_lost(&*self.application.run_log, &self.run).await {
            return Err(lost());
        }
        if begun.elapsed() >= self.longest {
            return Err(in_progress("is still under way"));
        }
        Ok(())
    }
}

/// The first request has no answer, and this one may be sent again.
fn in_progress(what: &str) -> Refusal {
    let message = format!("the first request with this `Idempotency-Key` {what}: send it again");
    let body = ErrorBody::new("conflict_error", message).with_code("idempotency_in_progress");
    Refusal::new(StatusCode::CONFLICT, body).retry_after(AGAIN)
}

/// The first request has done nothing.
pub(super) fn refused() -> Refusal {
    in_progress("was refused before it began")
}

/// The first request has, or had, an answer that is not there to be given.
pub(super) fn gone() -> Refusal {
    let message = "the first request with this `Idempotency-Key` was run, and its answer is not kept, because it is larger \
                   than what is kept, because it could not be stored, or because later answers of the same owner, or \
                   of all together, took its room: look at its session, or send a new key to run it once more";
    let body = ErrorBody::new("invalid_request_error", message).with_code("idempotency_answer_gone");
    Refusal::new(StatusCode::GONE, body).never_retry()
}
