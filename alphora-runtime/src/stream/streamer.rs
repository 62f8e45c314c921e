//! The agent's end of its output.

use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::activity::Sent;
use super::observe::Observe;
use super::output::Output;
use super::standalone::Standalone;
use super::{Captured, Event, FinishReason, ToolCallWriter};
use crate::error::{Error, ErrorKind, Result};
use crate::telemetry::RunSpan;
use crate::wire::Usage;

/// What an agent answers with: the field marked `#[agent(stream)]`.
///
/// ```
/// use alphora_runtime::stream::DataStreamer;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> alphora_runtime::Result {
/// let stream = DataStreamer::capture();
/// stream.send("thinking", "what was asked?").await?;
/// stream.text("forty ").await?;
/// stream.text("two").await?;
/// stream.stop().await?;
/// assert_eq!(stream.captured(), [("thinking", "what was asked?"), ("text", "forty "), ("text", "two")]);
/// # Ok(()) }
/// ```
///
/// It is a handle: clones write to the same output, also from spawned tasks. One `send` is one chunk on the
/// wire. `send` waits while the client is slow, so that a fast agent does not fill the memory. Returning from
/// the method ends the output; [`stop`](Self::stop) ends it earlier. Anything sent afterwards is an error of
/// kind [`ErrorKind::Stopped`] and does not reach the client.
///
/// `DataStreamer::default()` belongs to no run: using it is an error of kind [`ErrorKind::Detached`], never
/// silence. In a unit test use [`capture`](Self::capture).
#[derive(Default)]
pub struct DataStreamer {
    target: Target,
}

#[derive(Default)]
enum Target {
    #[default]
    Detached,
    Run(Output),
    Captured(Output, Captured),
    Standalone(Standalone),
}

impl DataStreamer {
    /// A streamer of one's own, outside any agent: the seed's `DataStreamer(timeout, model_name)`.
    ///
    /// It buffers up to 1,024 events or 1 MiB, then `send_data` waits until
    /// [`start_streaming_openai`](Self::start_streaming_openai) or
    /// [`start_non_streaming_openai`](Self::start_non_streaming_openai) reads them. The response ends at
    /// [`stop`](Self::stop), or `timeout` after it was started, with `finish_reason` `"timeout"`.
    ///
    /// # Errors
    /// The operating system has no randomness for the response's id.
    pub fn new(timeout: Duration, model_name: impl Into<String>) -> Result<Self> {
        Ok(Self { target: Target::Standalone(Standalone::new(timeout, model_name.into())?) })
    }

    /// [`new`](Self::new) with the seed's model name, `AlphaData`.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn with_timeout(timeout: Duration) -> Result<Self> {
        Self::new(timeout, DEFAULT_MODEL_NAME)
    }

    /// [`new`](Self::new) with the seed's timeout, 300 seconds.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn with_model_name(model_name: impl Into<String>) -> Result<Self> {
        Self::new(DEFAULT_TIMEOUT, model_name)
    }

    /// A streamer for unit tests, which keeps what is sent; see [`captured`](Self::captured).
    pub fn capture() -> Self {
        let captured = Captured::default();
        let output = Output::new(Box::new(captured.recorder()));
        Self { target: Target::Captured(output, captured) }
    }

    pub(crate) fn of_run(output: Output) -> Self {
        Self { target: Target::Run(output) }
    }

    /// Sends a piece of content of any type: `text`, `thinking`, `code`, `tool_call`, or one of your own.
    ///
    /// An empty piece keeps the run's clocks from expiring, and is no event to clients.
    ///
    /// It is not cancellation safe: once polled, the piece may be sent although the future is dropped before it is
    /// ready, because `send` gives way after sending so that the piece is written.
    ///
    /// # Errors
    /// [`ErrorKind::Stopped`] after the end, [`ErrorKind::Detached`] outside a run,
    /// [`ErrorKind::InvalidArgument`] for an empty type or one of the two that the wire reserves (`stop`,
    /// `mixed-xml`).
    pub async fn send(&self, content_type: impl AsRef<str>, content: impl AsRef<str>) -> Result {
        let content_type = content_type.as_ref();
        super::event::check_content_type(content_type)?;
        self.event(Event::Content { content_type, text: content.as_ref() }).await?;
        Ok(())
    }

    /// [`send`](Self::send) under the seed's name for a streamer of one's own.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn send_data(&self, content_type: impl AsRef<str>, content: impl AsRef<str>) -> Result {
        self.send(content_type, content).await
    }

    /// Sends a piece of the answer.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn text(&self, text: impl AsRef<str>) -> Result {
        self.send("text", text).await
    }

    /// Sends a piece of reasoning: `reasoning_content` on `/v1`.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn thinking(&self, text: impl AsRef<str>) -> Result {
        self.send("thinking", text).await
    }

    /// Sends a piece of code.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn code(&self, text: impl AsRef<str>) -> Result {
        self.send("code", text).await
    }

    /// Says what the agent is busy with, for people who wait. It is never part of the answer. Where it stands among
    /// other text, in `reasoning_content` and in an answer in one piece, it is a line of its own.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn status(&self, text: impl AsRef<str>) -> Result {
        self.send("status", text).await
    }

    /// Asks the client to call one of *its* tools with `arguments`, a JSON text; gives the call's id.
    ///
    /// The completion then ends with `finish_reason` `tool_calls`, and the client's next request holds the
    /// result. For progress of tools that the agent calls itself, use [`status`](Self::status).
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn tool_call(&self, name: impl AsRef<str>, arguments: impl AsRef<str>) -> Result<String> {
        let call = self.begin_tool_call(name).await?;
        call.arguments(arguments).await?;
        Ok(call.into_id())
    }

    /// [`tool_call`](Self::tool_call) in fragments: the arguments follow piece by piece, as a model writes them.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn begin_tool_call(&self, name: impl AsRef<str>) -> Result<ToolCallWriter<'_>> {
        let id = crate::random::Identifier::new("call_")?.to_string();
        let index = self.event(Event::ToolCallBegin { index: 0, id: &id, name: name.as_ref() }).await?;
        Ok(ToolCallWriter::new(self, index, id))
    }

    /// Adds to the tokens that the run reports in `usage`.
    ///
    /// # Errors
    /// [`ErrorKind::Stopped`] after the end, [`ErrorKind::Detached`] outside a run.
    pub fn usage(&self, usage: Usage) -> Result {
        self.output()?.add_usage(usage)
    }

    /// Adds what a call of a model took, which counts also after the end.
    pub(crate) fn settle_usage(&self, usage: Usage) {
        if let Ok(output) = self.output() {
            output.settle_usage(usage);
        }
    }

    /// Adds what a call was given and has said before it was broken off, in bytes: an estimate that no client sees.
    pub(crate) fn estimate_usage(&self, prompt: usize, answer: usize) {
        if let Ok(output) = self.output() {
            output.estimate_usage(prompt, answer);
        }
    }

    /// Marks the end, with `finish_reason` `stop` (`tool_calls` if the client was asked to call tools).
    ///
    /// The client's last chunk goes out when the method has returned and the session is stored.
    ///
    /// # Errors
    /// [`ErrorKind::Stopped`] if it was stopped before, [`ErrorKind::Detached`] outside a run.
    // `async` because the seed awaits it, and because a surface may one day have to wait here.
    #[expect(clippy::unused_async, reason = "the seed writes `await stream.stop()`")]
    pub async fn stop(&self) -> Result {
        self.output()?.stop(None)
    }

    /// Marks the end with a reason of one's own: the seed's `stop(stop_reason)`.
    ///
    /// On `/v1` a reason that OpenAI does not know is sent as `stop`.
    ///
    /// # Errors
    /// As [`stop`](Self::stop).
    #[expect(clippy::unused_async, reason = "the seed writes `await streamer.stop(..)`")]
    pub async fn stop_with(&self, reason: impl Into<FinishReason>) -> Result {
        self.output()?.stop(Some(reason.into()))
    }

    /// Waits until the run is over: its answer is complete, its client has left, a clock has expired. For tasks that
    /// the method has spawned, so that they end with it.
    ///
    /// The method's own future needs none of this: it is dropped. A streamer that belongs to no run is over at once.
    pub async fn cancelled(&self) {
        self.cancellation().cancelled_owned().await;
    }

    /// Whether the run is over; see [`cancelled`](Self::cancelled).
    pub fn is_cancelled(&self) -> bool {
        self.cancellation().is_cancelled()
    }

    /// The token behind [`cancelled`](Self::cancelled).
    pub(crate) fn cancellation(&self) -> CancellationToken {
        self.output().map_or_else(
            |_| {
                let over = CancellationToken::new();
                over.cancel();
                over
            },
            Output::cancellation,
        )
    }

    /// The span of the run, if there is one.
    pub(crate) fn span(&self) -> RunSpan {
        self.output().map_or(RunSpan::NONE, Output::span)
    }

    /// Who is told what the run calls.
    pub(crate) fn observer(&self) -> Option<Arc<dyn Observe>> {
        self.output().ok().and_then(Output::observer)
    }

    /// Something happened that no client sees: the run's clock for silence begins anew.
    pub(crate) fn sign(&self) {
        if let Ok(output) = self.output() {
            output.sign();
        }
    }

    /// Says that the run waits for something with clocks of its own, until the value is dropped: meanwhile only the
    /// run's total clock can expire.
    pub(crate) fn busy(&self) -> Busy {
        let output = self.output().ok().cloned();
        if let Some(output) = &output {
            output.begin_call();
        }
        Busy(output)
    }

    /// Whether the end was marked, or the run is over.
    pub fn is_stopped(&self) -> bool {
        self.output().is_ok_and(Output::is_stopped)
    }

    /// What a [`capture`](Self::capture) has been sent so far; empty for any other streamer.
    pub fn captured(&self) -> Captured {
        match &self.target {
            Target::Captured(_, captured) => captured.snapshot(),
            _ => Captured::default(),
        }
    }

    /// The reason that [`stop`](Self::stop) gave, if the end was marked and the response is not closed yet.
    pub fn stop_reason(&self) -> Option<FinishReason> {
        self.output().ok().and_then(Output::stop_reason)
    }

    /// The tokens reported so far.
    pub fn reported_usage(&self) -> Usage {
        self.output().map(Output::usage).unwrap_or_default()
    }

    pub(super) fn standalone(&self) -> Option<&Standalone> {
        match &self.target {
            Target::Standalone(standalone) => Some(standalone),
            _ => None,
        }
    }

    pub(super) fn output(&self) -> Result<&Output> {
        match &self.target {
            Target::Run(output) | Target::Captured(output, _) => Ok(output),
            Target::Standalone(standalone) => Ok(standalone.output()),
            Target::Detached => Err(Error::new(
                ErrorKind::Detached,
                "this `DataStreamer` belongs to no run: mark the agent's field with `#[agent(stream)]`, or use \
                 `DataStreamer::capture()` in a test",
            )),
        }
    }

    /// Sends an event; gives the index of a tool call that it has begun.
    pub(super) async fn event(&self, event: Event<'_>) -> Result<usize> {
        let output = self.output()?;
        let mut yielded = None;
        std::future::poll_fn(|context| {
            if let Some(index) = yielded {
                return Poll::Ready(Ok(index));
            }
            match output.send(&event, context) {
                Err(error) => Poll::Ready(Err(error)),
                Ok(Sent::Done(index)) => Poll::Ready(Ok(index)),
                Ok(Sent::Full) => Poll::Pending,
                Ok(Sent::DoneAndYield(index)) => {
                    yielded = Some(index);
                    context.waker().wake_by_ref();
                    Poll::Pending
                }
            }
        })
        .await
    }
}

/// A call with clocks of its own is under way.
pub(crate) struct Busy(Option<Output>);

impl Drop for Busy {
    fn drop(&mut self) {
        if let Some(output) = &self.0 {
            output.end_call();
        }
    }
}

/// The seed's model name where a request names none.
pub(crate) const DEFAULT_MODEL_NAME: &str = "AlphaData";
/// The seed's limit on a whole response.
pub(crate) const DEFAULT_TIMEOUT: Duration = Duration::from_secs(300);

impl Clone for DataStreamer {
    fn clone(&self) -> Self {
        let target = match &self.target {
            Target::Detached => Target::Detached,
            Target::Run(output) => Target::Run(output.clone()),
            Target::Captured(output, captured) => Target::Captured(output.clone(), captured.clone()),
            Target::Standalone(standalone) => Target::Standalone(standalone.clone()),
        };
        Self { target }
    }
}

impl std::fmt::Debug for DataStreamer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match &self.target {
            Target::Detached => "DataStreamer(detached)",
            Target::Run(_) => "DataStreamer(run)",
            Target::Captured(..) => "DataStreamer(capture)",
            Target::Standalone(_) => "DataStreamer(standalone)",
        })
    }
}
