//! An answer, read from its body event by event.

use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use reqwest::Response;
use tokio_util::sync::ReusableBoxFuture;

use super::clocks::{Clock, Deadline};
use super::completions::Peer;
use super::translate::{Stage, Translator};
use crate::error::root;
use crate::model::sse::{MOST_EVENT_BYTES, Parser, SseError};
use crate::model::{ModelError, ModelErrorKind, ModelEvent, ModelStream};

/// How long is waited for the tokens after the end was announced, unless the idle clock is shorter.
const AFTER_FINISH: Duration = Duration::from_secs(5);

/// How long, and for how many bytes, is waited for the end of a body that has said all it has to say. A body that
/// was read to its end leaves a connection that can be used again.
const DRAIN: (Duration, usize) = (Duration::from_millis(50), 4096);

/// An answer that is under way.
pub(super) struct Answer {
    peer: Arc<Peer>,
    /// `None` once the answer is over, which gives the connection back or closes it.
    response: Option<Response>,
    parser: Parser,
    /// What has come and was not parsed yet.
    piece: Bytes,
    translator: Translator,
    /// When the call ends.
    total: Deadline,
    /// When the wait for what may follow the end is over.
    after_finish: Option<Deadline>,
}

impl Answer {
    pub(super) fn new(peer: Arc<Peer>, total: Deadline) -> Self {
        let translator = Translator::new(peer.think_tags, peer.redaction.clone());
        Self {
            peer,
            response: None,
            parser: Parser::new(MOST_EVENT_BYTES),
            piece: Bytes::new(),
            translator,
            total,
            after_finish: None,
        }
    }

    /// Takes an answer that came as a whole.
    pub(super) fn whole(&mut self, body: &str) -> Result<(), ModelError> {
        self.translator.whole(body)
    }

    /// Reads until the model has said something. The caller's clocks run until then.
    pub(super) async fn begin(&mut self, response: Response) -> Result<(), ModelError> {
        self.response = Some(response);
        // What comes before, such as how many tokens the prompt has, is kept.
        while self.translator.stage() < Stage::Said {
            self.read_event(None).await?;
        }
        Ok(())
    }

    /// The answer from its first piece on.
    pub(super) fn into_stream(self) -> ModelStream {
        let reading = ReusableBoxFuture::new(read(Box::new(self)));
        ModelStream::new(Events { reading, answer: None, failed: None })
    }

    /// Reads until there is something to give, or the answer is over.
    async fn read(&mut self) -> Result<(), ModelError> {
        while self.translator.events.is_empty() && self.response.is_some() {
            let read = self.read_event(Some(self.peer.clocks.idle)).await;
            // Once the end was announced, the answer is complete, whatever becomes of the connection.
            if let Err(error) = read {
                self.response = None;
                if self.translator.stage() < Stage::Finished {
                    return Err(self.peer.clean(error));
                }
                tracing::debug!(model = self.peer.model, %error, "the answer's connection broke after its end");
            }
        }
        Ok(())
    }

    /// Reads one event, or the next piece of the body.
    async fn read_event(&mut self, idle: Option<Duration>) -> Result<(), ModelError> {
        // A piece may hold any number of events: the clocks and the other tasks get their turn between them.
        tokio::task::consume_budget().await;
        if self.translator.stage() == Stage::Done {
            self.drain().await;
            return Ok(());
        }
        match self.parser.next(&mut self.piece) {
            Some(event) => {
                let event = event.map_err(|error| wrong(&error))?;
                self.translator.event(&event.data)
            }
            None => match self.next_piece(idle).await? {
                Some(piece) => {
                    self.piece = piece;
                    Ok(())
                }
                None => self.end(),
            },
        }
    }

    /// The next bytes of the body, before the clock that is running expires.
    async fn next_piece(&mut self, idle: Option<Duration>) -> Result<Option<Bytes>, ModelError> {
        let Some(response) = &mut self.response else { return Ok(None) };
        let piece = if let Some(idle) = idle {
            let deadline = if self.translator.stage() == Stage::Finished {
                *self.after_finish.get_or_insert_with(|| Deadline::of(Clock::Idle, idle.min(AFTER_FINISH)))
            } else {
                Deadline::of(Clock::Idle, idle)
            };
            let deadline = deadline.or(self.total);
            let piece = deadline.run(response.chunk()).await;
            piece.ok_or_else(|| deadline.expired(&self.peer.model))?
        } else {
            response.chunk().await
        };
        piece.map_err(|error| {
            let error = error.without_url();
            let message = format!("the answer of `{}` broke off: {}", self.peer.model, root(&error));
            ModelError::new(ModelErrorKind::Interrupted, message).with_source(error)
        })
    }

    /// The body has ended without saying so.
    fn end(&mut self) -> Result<(), ModelError> {
        self.response = None;
        if self.translator.stage() >= Stage::Finished {
            return Ok(());
        }
        let parser = mem::replace(&mut self.parser, Parser::new(0));
        let place = parser.finish().map_or_else(|error| format!(": {error}"), |()| String::new());
        let message =
            format!("the answer of `{}` ended before its end was announced{place}", self.peer.model);
        Err(ModelError::new(ModelErrorKind::Interrupted, message))
    }

    /// The model has said all. If the body ends at once, its connection can be used again.
    async fn drain(&mut self) {
        let Some(mut response) = self.response.take() else { return };
        let (duration, mut bytes) = DRAIN;
        // Whether the time was enough makes no difference to the answer.
        let _ = tokio::time::timeout(duration, async move {
            while let Ok(Some(piece)) = response.chunk().await {
                bytes = bytes.saturating_sub(piece.len());
                if bytes == 0 {
                    break;
                }
            }
        })
        .await;
    }
}

fn wrong(error: &SseError) -> ModelError {
    let kind = match error {
        SseError::TooLarge { .. } => ModelErrorKind::InvalidResponse,
        SseError::Unfinished => ModelErrorKind::Interrupted,
    };
    ModelError::new(kind, error.to_string())
}

/// The events of an answer. Dropping them closes the connection, unless they have all been read.
struct Events {
    reading: ReusableBoxFuture<'static, (Box<Answer>, Result<(), ModelError>)>,
    /// `None` while it is being read.
    answer: Option<Box<Answer>>,
    /// Given after what came before it.
    failed: Option<ModelError>,
}

async fn read(mut answer: Box<Answer>) -> (Box<Answer>, Result<(), ModelError>) {
    let result = answer.read().await;
    (answer, result)
}

impl Stream for Events {
    type Item = Result<ModelEvent, ModelError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            let Some(mut answer) = self.answer.take() else {
                let (answer, result) = ready!(self.reading.poll(context));
                self.failed = result.err();
                self.answer = Some(answer);
                continue;
            };
            if let Some(event) = answer.translator.events.pop_front() {
                self.answer = Some(answer);
                return Poll::Ready(Some(Ok(event)));
            }
            if let Some(error) = self.failed.take() {
                self.answer = Some(answer);
                return Poll::Ready(Some(Err(error)));
            }
            if answer.response.is_none() {
                self.answer = Some(answer);
                return Poll::Ready(None);
            }
            self.reading.set(read(answer));
        }
    }
}
