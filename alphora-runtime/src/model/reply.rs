//! What a model answers: iterated as it comes, and asked about at any time.

mod calls;
mod parts;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use serde::de::DeserializeOwned;
use serde_json::Value;

use self::parts::Parts;
use super::account::Account;
use super::{Chunk, ModelError, ModelErrorKind, ModelStream};
use crate::error::Result;
use crate::hidden::json_problem;
use crate::schema::CompiledSchema;
use crate::stream::{DataStreamer, FinishReason};
use crate::wire::{Content, Message, ToolCall, Usage};

/// How many pieces are kept as they came while a question reads ahead of the iteration.
const MOST_AHEAD: usize = 4096;

/// What a model answers: iterated as it comes, and asked about at any time.
///
/// Iterating gives each piece of text and of thinking once, in order, whatever was asked before. Asking reads as far
/// ahead as the question needs and keeps what it reads for the iteration; so the two orders give the same:
///
/// ```
/// use alphora_runtime::model::scripted;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> alphora_runtime::Result {
/// # let llm = scripted(["hello"]);
/// let mut reply = llm.acall("hi").await?;
/// if !reply.has_tool_calls().await? {            // reads up to the first call, or to the end
///     while let Some(chunk) = reply.next().await { // still gives every piece
///         print!("{}", chunk?.content);
///     }
/// }
/// assert_eq!(reply.response().await?, "hello");
/// # Ok(()) }
/// ```
///
/// An answer that ends before the model has announced its end is an error, never a short answer. Dropping a reply
/// stops the model.
pub struct Reply {
    model: String,
    stream: Option<ModelStream>,
    /// The run that it belongs to, until its tokens are told.
    run: Option<Account>,
    /// Read, and not yet iterated.
    ahead: VecDeque<Chunk>,
    parts: Parts,
    failed: Option<ModelError>,
    /// The iteration has given the error.
    failure_given: bool,
}

impl Reply {
    pub(super) fn new(model: String, stream: ModelStream, run: Option<Account>) -> Self {
        Self {
            model,
            stream: Some(stream),
            run,
            ahead: VecDeque::new(),
            parts: Parts::default(),
            failed: None,
            failure_given: false,
        }
    }

    /// Waits until the model has begun to answer.
    pub(super) async fn begin(&mut self) -> Result<(), ModelError> {
        self.advance().await.map(drop)
    }

    /// The next piece; `None` after the last one. After an error there is no other piece.
    pub async fn next(&mut self) -> Option<Result<Chunk, ModelError>> {
        poll_fn(|context| self.poll_chunk(context)).await
    }

    /// Whether the model wants tools called: reads ahead until its first call or its end.
    ///
    /// Text that comes before a call is kept for the iteration. A model that wants none has then answered in full, so
    /// to show an answer while it is written, iterate first and ask afterwards.
    ///
    /// # Errors
    /// The answer failed on the way.
    pub async fn has_tool_calls(&mut self) -> Result<bool, ModelError> {
        while self.parts.calls.is_empty() {
            if !self.advance().await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The calls that the model wants made, once it has ended; usually none.
    ///
    /// # Errors
    /// The answer failed on the way.
    pub async fn tool_calls(&mut self) -> Result<&[ToolCall], ModelError> {
        self.complete().await?;
        Ok(self.parts.calls.done())
    }

    /// The whole answer without thinking, once the model has ended.
    ///
    /// # Errors
    /// The answer failed on the way.
    pub async fn response(&mut self) -> Result<&str, ModelError> {
        self.complete().await?;
        Ok(&self.parts.text)
    }

    /// All that the model has thought, once it has ended.
    ///
    /// # Errors
    /// The answer failed on the way.
    pub async fn thinking(&mut self) -> Result<&str, ModelError> {
        self.complete().await?;
        Ok(&self.parts.thinking)
    }

    /// How many tokens the call took, once the model has ended; zeros if its server does not say.
    ///
    /// # Errors
    /// The answer failed on the way.
    pub async fn usage(&mut self) -> Result<Usage, ModelError> {
        self.complete().await?;
        Ok(self.parts.usage)
    }

    /// Why the model has ended: `length` means that its answer was cut by a limit.
    ///
    /// # Errors
    /// The answer failed on the way.
    pub async fn finish_reason(&mut self) -> Result<&FinishReason, ModelError> {
        self.complete().await?;
        Ok(self.parts.finish.as_ref().unwrap_or(&FinishReason::Stop))
    }

    /// The answer as the message of an assistant, with its calls: what a memory keeps.
    ///
    /// # Errors
    /// The answer failed on the way.
    pub async fn message(&mut self) -> Result<Message, ModelError> {
        self.complete().await?;
        let calls = self.parts.calls.done();
        let content = match &*self.parts.text {
            "" if !calls.is_empty() => Content::Null,
            text => Content::from(text),
        };
        Ok(Message::assistant(content).with_tool_calls(calls.to_vec()))
    }

    /// The answer read as a `T`; to ask for one, use [`Call::json`](super::Call::json).
    ///
    /// # Errors
    /// The answer failed on the way, or [`ModelErrorKind::Json`]: it is not a `T`.
    pub async fn json<T: DeserializeOwned>(&mut self) -> Result<T, ModelError> {
        let read = parts::json(self.response().await?);
        read.map_err(|error| self.misfit(&json_problem(&error)))
    }

    /// The answer read as a `T` that was asked for by `schema`.
    pub(super) async fn fitting<T: DeserializeOwned>(
        mut self,
        schema: &CompiledSchema,
    ) -> Result<T, ModelError> {
        let value: Value = self.json().await?;
        let value = schema.fit(value).map_err(|why| self.misfit(&why))?;
        serde_json::from_value(value).map_err(|error| self.misfit(&json_problem(&error)))
    }

    fn misfit(&self, why: &dyn fmt::Display) -> ModelError {
        let cut = match self.parts.finish {
            Some(FinishReason::Length) => "it was cut by a limit on its length: ",
            _ => "",
        };
        let message = format!("the answer of `{}` is not what was asked for: {cut}{why}", self.model);
        ModelError::new(ModelErrorKind::Json, message)
    }

    /// Sends every piece that was not iterated yet to `stream`, as it comes: text as `text`, thinking as `thinking`.
    /// Gives the whole answer.
    ///
    /// # Errors
    /// The answer failed on the way, or the stream takes nothing more.
    pub async fn send_to(&mut self, stream: &DataStreamer) -> Result<&str> {
        while let Some(chunk) = self.next().await {
            let chunk = chunk?;
            let (content_type, piece) = chunk.typed();
            stream.send(content_type, piece).await?;
        }
        Ok(self.response().await?)
    }

    /// Reads to the end.
    async fn complete(&mut self) -> Result<(), ModelError> {
        while self.advance().await? {}
        Ok(())
    }

    /// Reads one event; `false` at the end.
    async fn advance(&mut self) -> Result<bool, ModelError> {
        poll_fn(|context| self.poll_advance(context)).await
    }

    fn poll_advance(&mut self, context: &mut Context<'_>) -> Poll<Result<bool, ModelError>> {
        if let Some(error) = &self.failed {
            return Poll::Ready(Err(error.clone()));
        }
        let Some(stream) = &mut self.stream else { return Poll::Ready(Ok(false)) };
        let event = match Pin::new(stream).poll_next(context) {
            Poll::Ready(event) => event,
            Poll::Pending => {
                let Some(run) = &mut self.run else { return Poll::Pending };
                ready!(run.poll_over(context));
                Some(Err(cancelled()))
            }
        };
        if let Some(run) = &self.run {
            run.sign();
        }
        let advanced = match event {
            Some(Ok(event)) => self.parts.take(event).map(|chunk| {
                if let Some(chunk) = chunk {
                    self.keep(chunk);
                }
                true
            }),
            Some(Err(error)) => Err(error),
            None if self.parts.finish.is_none() => Err(interrupted(&self.model)),
            None => self.parts.calls.finish().map(|()| false),
        };
        if !matches!(advanced, Ok(true)) {
            self.stream = None;
            // A model that has said nothing has failed; one that was cut short has worked.
            self.report_usage(advanced.is_err() && self.parts.bytes > 0);
        }
        self.failed = advanced.as_ref().err().cloned();
        Poll::Ready(advanced)
    }

    /// Keeps a piece for the iteration. Far ahead of it, pieces of one kind become one, so that what is kept stays
    /// close to the size of the text.
    fn keep(&mut self, chunk: Chunk) {
        if self.ahead.len() >= MOST_AHEAD
            && let Some(last) = self.ahead.back_mut()
            && last.thinking.is_empty() == chunk.thinking.is_empty()
        {
            last.content.push_str(&chunk.content);
            last.thinking.push_str(&chunk.thinking);
        } else {
            self.ahead.push_back(chunk);
        }
    }

    fn poll_chunk(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Chunk, ModelError>>> {
        loop {
            if let Some(chunk) = self.ahead.pop_front() {
                return Poll::Ready(Some(Ok(chunk)));
            }
            match ready!(self.poll_advance(context)) {
                Ok(true) => {}
                Ok(false) => return Poll::Ready(None),
                Err(_) if self.failure_given => return Poll::Ready(None),
                Err(error) => {
                    self.failure_given = true;
                    return Poll::Ready(Some(Err(error)));
                }
            }
        }
    }

    /// Adds the call's tokens to the run's, once: what the model has told, and an estimate if it was broken off before.
    fn report_usage(&mut self, is_broken_off: bool) {
        let Some(run) = self.run.take() else { return };
        if is_broken_off && self.parts.usage == Usage::default() {
            run.estimate(self.parts.bytes);
        } else {
            run.settle(self.parts.usage);
        }
    }
}

impl Drop for Reply {
    fn drop(&mut self) {
        self.report_usage(true);
    }
}

impl Stream for Reply {
    type Item = Result<Chunk, ModelError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_chunk(context)
    }
}

/// How much was said, not what.
impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply")
            .field("model", &self.model)
            .field("text_bytes", &self.parts.text.len())
            .field("finish_reason", &self.parts.finish)
            .field("failed", &self.failed)
            .finish_non_exhaustive()
    }
}

pub(super) fn interrupted(model: &str) -> ModelError {
    let message = format!("the answer of `{model}` ended before its end was announced");
    ModelError::new(ModelErrorKind::Interrupted, message)
}

pub(super) fn cancelled() -> ModelError {
    ModelError::new(ModelErrorKind::Cancelled, "the run that this call belongs to is over")
}
