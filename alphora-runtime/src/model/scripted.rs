//! A model that says what a test has written for it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio_stream::StreamExt as _;

use super::{
    ChatModel, ChatRequest, ModelError, ModelErrorKind, ModelEvent, ModelStream, OpenAILike, ToolCallDelta,
};
use crate::stream::FinishReason;
use crate::wire::Usage;

/// A model that answers its calls with `replies`, one after the other: for unit tests of agents.
///
/// ```
/// use alphora_runtime::model::scripted;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> alphora_runtime::Result {
/// let llm = scripted(["hello", "bye"]);
/// assert_eq!(llm.acall("hi").await?.response().await?, "hello");
/// assert_eq!(llm.acall("ciao").await?.response().await?, "bye");
/// # Ok(()) }
/// ```
///
/// [`ScriptedModel`] remembers what it was asked; [`ScriptedReply`] calls tools, thinks, waits and fails.
pub fn scripted(replies: impl IntoIterator<Item: Into<ScriptedReply>>) -> OpenAILike {
    OpenAILike::from_model(ScriptedModel::new(replies))
}

/// A model that answers from a script, and remembers what it was asked. Clones share both.
///
/// A call beyond the script is an error that says so.
#[derive(Debug, Clone, Default)]
pub struct ScriptedModel(Arc<Mutex<Script>>);

#[derive(Debug, Default)]
struct Script {
    replies: VecDeque<ScriptedReply>,
    requests: Vec<ChatRequest>,
}

impl ScriptedModel {
    /// A model with this script.
    pub fn new(replies: impl IntoIterator<Item: Into<ScriptedReply>>) -> Self {
        let replies = replies.into_iter().map(Into::into).collect();
        Self(Arc::new(Mutex::new(Script { replies, requests: Vec::new() })))
    }

    /// Adds a reply to the end of the script.
    pub fn push(&self, reply: impl Into<ScriptedReply>) {
        self.script().replies.push_back(reply.into());
    }

    /// What it was asked so far, the earliest first.
    pub fn requests(&self) -> Vec<ChatRequest> {
        self.script().requests.clone()
    }

    /// How many replies are left.
    pub fn remaining(&self) -> usize {
        self.script().replies.len()
    }

    fn script(&self) -> MutexGuard<'_, Script> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ChatModel for ScriptedModel {
    fn name(&self) -> &'static str {
        "scripted"
    }

    async fn chat(&self, request: &ChatRequest) -> Result<ModelStream, ModelError> {
        let reply = {
            let mut script = self.script();
            script.requests.push(request.clone());
            let asked = script.requests.len();
            script.replies.pop_front().ok_or_else(|| {
                let message = format!("the script has no reply to call number {asked}: add one for it");
                ModelError::new(ModelErrorKind::Other, message)
            })?
        };
        reply.stream().await
    }
}

/// One reply of a [`ScriptedModel`]. A text is one, in one piece.
///
/// ```
/// use std::time::Duration;
///
/// use alphora_runtime::model::{ModelError, ModelErrorKind, ScriptedReply};
/// use alphora_runtime::wire::Usage;
///
/// ScriptedReply::text(["for", "ty-two"]).thinking("6 times 7").usage(Usage::new(9, 3));
/// ScriptedReply::tool_call("search_web", r#"{"query":"rust"}"#);
/// ScriptedReply::fail(ModelError::new(ModelErrorKind::Busy, "later"));
/// ScriptedReply::text(["half an ans"]).then_fail(ModelError::new(ModelErrorKind::Interrupted, "cut"));
/// ScriptedReply::text(["slow"]).delay(Duration::from_secs(1));
/// ```
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct ScriptedReply {
    events: Vec<ModelEvent>,
    calls: usize,
    delay: Duration,
    failure: Option<ModelError>,
    never_ends: bool,
}

impl ScriptedReply {
    /// An answer in these pieces.
    pub fn text(pieces: impl IntoIterator<Item: Into<String>>) -> Self {
        let events = pieces.into_iter().map(|piece| ModelEvent::Text(piece.into())).collect();
        Self { events, ..Self::default() }
    }

    /// A call of a tool, with arguments that are JSON text, or whatever a model may write in its place.
    pub fn tool_call(name: impl Into<String>, arguments: impl Into<String>) -> Self {
        Self::default().and_tool_call(name, arguments)
    }

    /// No answer but `error`.
    pub fn fail(error: ModelError) -> Self {
        Self::default().then_fail(error)
    }

    /// The same reply with another tool call at its end. Ids are `call_1`, `call_2`, ...
    pub fn and_tool_call(mut self, name: impl Into<String>, arguments: impl Into<String>) -> Self {
        let index = self.calls;
        self.calls += 1;
        let delta = ToolCallDelta::new(index, arguments).with_function(format!("call_{}", index + 1), name);
        self.events.push(ModelEvent::ToolCall(delta));
        self
    }

    /// The same reply with something thought before it.
    pub fn thinking(mut self, thought: impl Into<String>) -> Self {
        self.events.insert(0, ModelEvent::Thinking(thought.into()));
        self
    }

    /// The same reply with the tokens that it took.
    pub fn usage(mut self, usage: Usage) -> Self {
        self.events.push(ModelEvent::Usage(usage));
        self
    }

    /// The same reply with a pause before every piece, and before the first.
    pub fn delay(mut self, pause: Duration) -> Self {
        self.delay = pause;
        self
    }

    /// The same reply, broken off by `error`.
    pub fn then_fail(mut self, error: ModelError) -> Self {
        self.failure = Some(error);
        self
    }

    /// The same reply, which then neither goes on nor ends.
    pub fn then_stall(mut self) -> Self {
        self.never_ends = true;
        self
    }

    async fn stream(self) -> Result<ModelStream, ModelError> {
        let Self { mut events, calls, delay, failure, never_ends } = self;
        if let Some(error) = failure.clone().filter(|_| events.is_empty()) {
            tokio::time::sleep(delay).await;
            return Err(error);
        }
        if failure.is_none() && !never_ends {
            let reason = if calls > 0 { FinishReason::ToolCalls } else { FinishReason::Stop };
            events.push(ModelEvent::Finish(reason));
        }
        let said = tokio_stream::iter(events.into_iter().map(Ok)).chain(tokio_stream::iter(failure.map(Err)));
        let paced = said.then(move |event| async move {
            if !delay.is_zero() {
                tokio::time::sleep(delay).await;
            }
            event
        });
        Ok(if never_ends {
            ModelStream::new(paced.chain(tokio_stream::pending()))
        } else {
            ModelStream::new(paced)
        })
    }
}

impl From<&str> for ScriptedReply {
    fn from(text: &str) -> Self {
        Self::text([text])
    }
}

impl From<String> for ScriptedReply {
    fn from(text: String) -> Self {
        Self::text([text])
    }
}
