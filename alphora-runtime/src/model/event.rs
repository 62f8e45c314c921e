//! What a model says, piece by piece.

use std::fmt;

use crate::hidden::Hidden;
use crate::stream::FinishReason;
use crate::wire::Usage;

/// One thing that a model says. Every [`ChatModel`](super::ChatModel) answers with these.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ModelEvent {
    /// A piece of the answer.
    Text(String),
    /// A piece of reasoning, which is no part of the answer.
    Thinking(String),
    /// A piece of a call that the model wants made.
    ToolCall(ToolCallDelta),
    /// How many tokens the call took. If there are several, the last one counts.
    Usage(Usage),
    /// The answer is complete. Only usage may follow; an answer without it was cut short.
    Finish(FinishReason),
}

/// A piece of a call that a model wants made.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ToolCallDelta {
    /// Which of the reply's calls this belongs to, from 0.
    pub index: usize,
    /// The call's id, in its first piece.
    pub id: Option<String>,
    /// The function's name, in its first piece.
    pub name: Option<String>,
    /// A piece of the arguments' JSON text, to be appended to those before it.
    pub arguments: String,
}

impl ToolCallDelta {
    /// A piece of the arguments of call `index`.
    pub fn new(index: usize, arguments: impl Into<String>) -> Self {
        Self { index, id: None, name: None, arguments: arguments.into() }
    }

    /// The same piece as the first of its call.
    #[must_use]
    pub fn with_function(mut self, id: impl Into<String>, name: impl Into<String>) -> Self {
        (self.id, self.name) = (Some(id.into()), Some(name.into()));
        self
    }
}

/// One piece of a [`Reply`](super::Reply), as it is iterated. One of the two texts is empty.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Chunk {
    /// A piece of the answer.
    pub content: String,
    /// A piece of reasoning.
    pub thinking: String,
}

impl Chunk {
    /// The content type under which an agent sends this piece, `text` or `thinking`, and the piece itself.
    ///
    /// ```
    /// # use alphora_runtime::{model::scripted, stream::DataStreamer};
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> alphora_runtime::Result {
    /// # let (llm, stream) = (scripted(["hi"]), DataStreamer::capture());
    /// let mut reply = llm.acall("hello").await?;
    /// while let Some(chunk) = reply.next().await {
    ///     let chunk = chunk?;
    ///     let (content_type, piece) = chunk.typed();
    ///     stream.send(content_type, piece).await?;
    /// }
    /// # assert_eq!(stream.captured(), [("text", "hi")]); Ok(()) }
    /// ```
    pub fn typed(&self) -> (&'static str, &str) {
        if self.thinking.is_empty() { ("text", &self.content) } else { ("thinking", &self.thinking) }
    }
}

/// How much is said, not what. The same goes for the others.
impl fmt::Debug for ModelEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.debug_tuple("Text").field(&Hidden(text)).finish(),
            Self::Thinking(text) => f.debug_tuple("Thinking").field(&Hidden(text)).finish(),
            Self::ToolCall(delta) => f.debug_tuple("ToolCall").field(delta).finish(),
            Self::Usage(usage) => f.debug_tuple("Usage").field(usage).finish(),
            Self::Finish(reason) => f.debug_tuple("Finish").field(reason).finish(),
        }
    }
}

impl fmt::Debug for ToolCallDelta {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ToolCallDelta")
            .field("index", &self.index)
            .field("id", &self.id)
            .field("name", &self.name)
            .field("arguments", &Hidden(&self.arguments))
            .finish()
    }
}

impl fmt::Debug for Chunk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Chunk")
            .field("content", &Hidden(&self.content))
            .field("thinking", &Hidden(&self.thinking))
            .finish()
    }
}
