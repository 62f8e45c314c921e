//! What a loop of model and tools comes to.

use std::fmt;
use std::ops::Deref;

use crate::hidden::Hidden;
use crate::stream::FinishReason;
use crate::wire::Usage;

/// What a loop of model and tools comes to: the text of the model's last answer, which this derefs to, and how it came
/// about. Made by [`RunTools`](super::RunTools).
///
/// ```
/// # use alphora_runtime::model::scripted;
/// # use alphora_runtime::session::MemoryManager;
/// # use alphora_runtime::stream::{DataStreamer, FinishReason};
/// # use alphora_runtime::tool::{ToolExecutor, ToolRegistry};
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> alphora_runtime::Result {
/// # let (executor, llm) = (ToolExecutor::new(ToolRegistry::new()), scripted(["It is sunny."]));
/// # let (mut memory, stream) = (MemoryManager::default(), DataStreamer::capture());
/// # memory.add_user("How is the weather?");
/// let answer = executor.run_tools(&llm, &mut memory, &stream).await?;
/// assert!(answer.contains("sunny"));
/// match answer.finish_reason() {
///     FinishReason::Stop => stream.stop().await?,
///     // The answer was cut, by a limit on its length for example: the client is told.
///     reason => stream.stop_with(reason.clone()).await?,
/// }
/// # Ok(()) }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct ToolLoopAnswer {
    pub(super) text: String,
    pub(super) finish_reason: FinishReason,
    pub(super) usage: Usage,
    pub(super) rounds: usize,
}

impl ToolLoopAnswer {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Why the model has ended its last answer: `stop` if it is complete; `length` and `content_filter` mean that it
    /// was cut.
    pub fn finish_reason(&self) -> &FinishReason {
        &self.finish_reason
    }

    /// How many tokens all calls of the model took together; zeros if its server does not say. They are in the run's
    /// `usage` already.
    pub fn usage(&self) -> Usage {
        self.usage
    }

    /// How often tools were called, each time one or several at once.
    pub fn rounds(&self) -> usize {
        self.rounds
    }
}

impl Deref for ToolLoopAnswer {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl AsRef<str> for ToolLoopAnswer {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for ToolLoopAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl From<ToolLoopAnswer> for String {
    fn from(answer: ToolLoopAnswer) -> Self {
        answer.text
    }
}

impl PartialEq<str> for ToolLoopAnswer {
    fn eq(&self, text: &str) -> bool {
        self.text == text
    }
}

impl PartialEq<&str> for ToolLoopAnswer {
    fn eq(&self, text: &&str) -> bool {
        self.text == *text
    }
}

impl PartialEq<String> for ToolLoopAnswer {
    fn eq(&self, text: &String) -> bool {
        self.text == *text
    }
}

impl fmt::Debug for ToolLoopAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ToolLoopAnswer")
            .field("text", &Hidden(&self.text))
            .field("finish_reason", &self.finish_reason)
            .field("usage", &self.usage)
            .field("rounds", &self.rounds)
            .finish()
    }
}
