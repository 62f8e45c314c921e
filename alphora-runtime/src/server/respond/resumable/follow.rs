//! The body of a stream that can be resumed: what a run has sent, and what it sends from now on.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::StatusCode;
use http_body::{Body, Frame};
use tokio::time::{Instant, Sleep, sleep, sleep_until, timeout};

use super::lost::{Silence, lost};
use super::tail::{Reader, Taken};
use crate::server::application::Application;
use crate::server::idempotency::Kept;
use crate::server::metrics::OpenStream;
use crate::server::respond::Refusal;
use crate::server::respond::heartbeat::{HEARTBEAT, Heartbeat};
use crate::server::waiting::WaitingPlace;
use crate::session::store::{LoggedEvent, RunEvents, RunKey, StoreError};
use crate::wire::ErrorBody;

/// How long the log may wait for events before it is asked again.
const WAIT: Duration = Duration::from_secs(5);

/// How long it may take for its answer beyond that.
const PATIENCE: Duration = Duration::from_secs(5);

/// How often a log is asked that does not wait.
const ASKED_EVERY: Duration = Duration::from_millis(100);

/// How often it is looked after whether the run's process lives, while there is nothing to be read.
const HEARD_EVERY: Duration = Duration::from_secs(2);

/// What every stream ends with.
pub(in crate::server) const DONE: &[u8] = b"data: [DONE]\n\n";

/// How often one that is not available is asked, and for how long. A client that is let go then comes back by itself.
const TRIED_EVERY: Duration = Duration::from_secs(1);
const TRIED_FOR: Duration = Duration::from_secs(10);

/// How long a server that stops waits for what the log is about to say.
const GRACE: Duration = Duration::from_millis(250);

/// Gives the events of a run to one client.
///
/// It ends when the run has ended and all was given. It ends before, without `[DONE]`, where its client may come back
/// to another server, or be told why it cannot: when this server stops and the run is not one of its own, and when
/// the log has lost what is next. For a client that does not come back by itself it ends with an error then; and so it
/// does for any where the run's process was lost.
pub(in crate::server) struct FollowBody {
    source: Source,
    /// The number of the last event that was given.
    after: u64,
    /// Whether that was the end of the stream.
    is_done: bool,
    /// Whether the client is told with an error what it cannot be given.
    tells: bool,
    application: Arc<Application>,
    run: RunKey,
    heartbeat: Heartbeat,
    /// When the last event was given.
    last_event: Instant,
    /// Runs as soon as the server stops.
    grace: Option<Pin<Box<Sleep>>>,
    /// Among the answers that wait, until the end of the run is known; none of the answer that has begun it.
    place: Option<WaitingPlace>,
    _open: OpenStream,
}

enum Source {
    /// The run itself.
    Tail(Reader),
    /// What is there of it, and whether that is all.
    Found(Found),
    /// What is being read of it.
    Log(Pin<Box<dyn Future<Output = Result<Found, Loss>> + Send>>),
    /// An error that ends the stream.
    Last(Bytes),
    End,
}

/// Why there is no more of a run that has not ended.
enum Loss {
    /// The log does not have it.
    Gone,
    /// Its process is no longer there.
    Dead,
}

/// Events, and whether there are no more.
pub(in crate::server) type Found = (Vec<LoggedEvent>, bool);

impl FollowBody {
    /// The body of the answer that has begun the run. With `silent` it begins with a heartbeat, and with `tells` it ends
    /// with an error where it cannot go on.
    pub(super) fn live(
        reader: Reader,
        application: Arc<Application>,
        run: RunKey,
        keep_alive: Duration,
        silent: bool,
        tells: bool,
    ) -> Self {
        let first = if silent { Duration::ZERO } else { keep_alive };
        Self::new((Source::Tail(reader), None), (0, tells), application, run, (first, keep_alive))
    }

    /// The body of an answer that gives `found`, which comes after the event `after`, and all that follows, for which it
    /// has a place if it has to wait.
    pub(in crate::server) fn resumed(
        application: Arc<Application>,
        run: RunKey,
        after: u64,
        (found, place): (Found, Option<WaitingPlace>),
        keep_alive: Duration,
        tells: bool,
    ) -> Self {
        let source = (Source::Found(found), place);
        Self::new(source, (after, tells), application, run, (keep_alive, keep_alive))
    }

    fn new(
        (source, place): (Source, Option<WaitingPlace>),
        (after, tells): (u64, bool),
        application: Arc<Application>,
        run: RunKey,
        (first_beat, keep_alive): (Duration, Duration),
    ) -> Self {
        let now = Instant::now();
        // As if it had been silent for as long as it takes until the first one is due.
        let last_event = now.checked_sub(keep_alive.saturating_sub(first_beat)).unwrap_or(now);
        let heartbeat = Heartbeat::new(keep_alive, Box::pin(sleep(first_beat)), last_event);
        let open = OpenStream::new(&application.metrics);
        Self {
            source,
            after,
            is_done: false,
            tells,
            application,
            run,
            heartbeat,
            last_event,
            grace: None,
            place,
            _open: open,
        }
    }

    /// The next events; nothing at the end.
    fn poll_events(&mut self, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        loop {
            match &mut self.source {
                Source::Tail(reader) => match reader.poll_take(context) {
                    Poll::Ready(Taken::Events(last, bytes)) => {
                        self.after = last;
                        return Poll::Ready(Some(bytes));
                    }
                    Poll::Ready(Taken::Behind) => self.source = self.read(),
                    Poll::Ready(Taken::Ended) => self.source = Source::End,
                    Poll::Pending => return Poll::Pending,
                },
                Source::Found((events, ended)) => {
                    let (events, ended) = (std::mem::take(events), *ended);
                    if ended {
                        self.place = None;
                    }
                    if let Some(kept) = events.first().and_then(|event| Kept::decode(&event.bytes)) {
                        // The run was refused before it had sent anything, or its answer is no stream.
                        self.source = kept.error().map_or(Source::End, |error| Source::Last(farewell(error)));
                        continue;
                    }
                    if let Some(last) = events.last() {
                        self.after = last.id;
                        self.is_done = last.bytes.ends_with(DONE);
                    }
                    self.source = match ended {
                        true if self.is_done => Source::End,
                        true => self.given_up(&gone()),
                        false => self.read(),
                    };
                    if !events.is_empty() {
                        return Poll::Ready(Some(joined(&events)));
                    }
                }
                Source::Log(reading) => match reading.as_mut().poll(context) {
                    Poll::Ready(Ok(found)) => self.source = Source::Found(found),
                    Poll::Ready(Err(Loss::Gone)) => self.source = self.given_up(&gone()),
                    Poll::Ready(Err(Loss::Dead)) => self.source = Source::Last(farewell_of(&lost())),
                    Poll::Pending if self.must_leave(context) => {
                        self.source = self.given_up(&Refusal::shutting_down());
                    }
                    Poll::Pending => return Poll::Pending,
                },
                Source::Last(error) => {
                    let error = std::mem::take(error);
                    self.source = Source::End;
                    return Poll::Ready(Some(error));
                }
                Source::End => return Poll::Ready(None),
            }
        }
    }

    /// What a stream ends with that cannot go on.
    fn given_up(&self, refusal: &Refusal) -> Source {
        if self.tells { Source::Last(farewell_of(refusal)) } else { Source::End }
    }

    fn read(&self) -> Source {
        Source::Log(Box::pin(next(self.application.clone(), self.run.clone(), self.after)))
    }

    /// Whether the server stops and has no part in the run. Its connections are polled when it begins to.
    fn must_leave(&mut self, context: &mut Context<'_>) -> bool {
        if !self.application.is_draining() || self.application.running.contains_key(&self.run.run) {
            return false;
        }
        self.grace.get_or_insert_with(|| Box::pin(sleep(GRACE))).as_mut().poll(context).is_ready()
    }
}

impl Body for FollowBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let this = self.get_mut();
        let frame = match this.poll_events(context) {
            Poll::Ready(Some(events)) => {
                this.last_event = Instant::now();
                events
            }
            Poll::Ready(None) => return Poll::Ready(None),
            Poll::Pending if this.heartbeat.is_due(this.last_event, context) => Bytes::from_static(HEARTBEAT),
            Poll::Pending => return Poll::Pending,
        };
        Poll::Ready(Some(Ok(Frame::data(frame))))
    }
}

fn joined(events: &[LoggedEvent]) -> Bytes {
    let mut bytes = BytesMut::with_capacity(events.iter().map(|event| event.bytes.len()).sum());
    for event in events {
        bytes.extend_from_slice(&event.bytes);
    }
    bytes.freeze()
}

/// An error event, and the end of the stream.
fn farewell(error: &[u8]) -> Bytes {
    [&b"data: "[..], error, b"\n\n", DONE].concat().into()
}

fn farewell_of(refusal: &Refusal) -> Bytes {
    // It consists of texts, whose serialisation cannot fail.
    farewell(&serde_json::to_vec(refusal.body()).unwrap_or_default())
}

/// What is missing was not kept, or cannot be read.
fn gone() -> Refusal {
    let message = "the rest of this stream cannot be given: the run has sent more than is kept of a run, or what is kept \
                   cannot be read; read its session";
    Refusal::new(
        StatusCode::GONE,
        ErrorBody::new("invalid_request_error", message).with_code("run_events_gone"),
    )
}

/// Waits for what comes after the event `after`, or says why there is no way to get it.
async fn next(application: Arc<Application>, run: RunKey, after: u64) -> Result<Found, Loss> {
    let log = &*application.run_log;
    let mut silence = Silence::default();
    let mut failing_since = None;
    let mut heard_of = Instant::now();
    loop {
        let asked = Instant::now();
        let answer = timeout(WAIT + PATIENCE, log.read(&run, after, WAIT)).await;
        let pause = match answer.unwrap_or_else(|_| Err(StoreError::unavailable("no answer"))) {
            Ok(RunEvents::Events { events, ended }) => {
                if ended || !events.is_empty() {
                    return Ok((events, ended));
                }
                failing_since = None;
                if heard_of.elapsed() >= HEARD_EVERY {
                    heard_of = Instant::now();
                    // What runs here lives, whatever its log says.
                    if !application.running.contains_key(&run.run) && silence.is_lost(log, &run).await {
                        return Err(Loss::Dead);
                    }
                }
                ASKED_EVERY
            }
            Ok(RunEvents::Gone | RunEvents::Unknown) => return Err(Loss::Gone),
            Err(error) => {
                tracing::debug!(%error, "the events of a run cannot be read");
                silence.doubt();
                if failing_since.get_or_insert(asked).elapsed() >= TRIED_FOR {
                    return Err(Loss::Gone);
                }
                TRIED_EVERY
            }
        };
        sleep_until(asked + pause).await;
    }
}
