//! What a reply adds up to.

use serde::de::DeserializeOwned;

use super::calls::Calls;
use crate::model::{Chunk, ModelError, ModelErrorKind, ModelEvent};
use crate::stream::FinishReason;
use crate::wire::Usage;

/// The most that a reply may hold, in bytes of text, thinking and calls together.
const MOST_BYTES: usize = 16 * 1024 * 1024;

/// What a reply adds up to so far.
#[derive(Default)]
pub(super) struct Parts {
    pub(super) text: String,
    pub(super) thinking: String,
    pub(super) calls: Calls,
    pub(super) usage: Usage,
    pub(super) finish: Option<FinishReason>,
    /// How much was said so far.
    pub(super) bytes: usize,
}

impl Parts {
    /// Adds `event`; gives the piece to iterate, if it is one.
    pub(super) fn take(&mut self, event: ModelEvent) -> Result<Option<Chunk>, ModelError> {
        match event {
            ModelEvent::Text(content) if !content.is_empty() => {
                self.count(content.len())?;
                self.text.push_str(&content);
                Ok(Some(Chunk { content, thinking: String::new() }))
            }
            ModelEvent::Thinking(thinking) if !thinking.is_empty() => {
                self.count(thinking.len())?;
                self.thinking.push_str(&thinking);
                Ok(Some(Chunk { content: String::new(), thinking }))
            }
            ModelEvent::Text(_) | ModelEvent::Thinking(_) => Ok(None),
            ModelEvent::ToolCall(delta) => {
                let named =
                    delta.id.as_ref().map_or(0, String::len) + delta.name.as_ref().map_or(0, String::len);
                self.count(delta.arguments.len() + named)?;
                self.calls.push(delta)?;
                Ok(None)
            }
            ModelEvent::Usage(usage) => {
                self.usage = usage;
                Ok(None)
            }
            ModelEvent::Finish(reason) => {
                self.finish = Some(reason);
                Ok(None)
            }
        }
    }

    fn count(&mut self, bytes: usize) -> Result<(), ModelError> {
        self.bytes = self.bytes.saturating_add(bytes);
        if self.bytes <= MOST_BYTES {
            return Ok(());
        }
        let message = format!("the answer is longer than {} MiB", MOST_BYTES / (1024 * 1024));
        Err(ModelError::new(ModelErrorKind::TooLong, message))
    }
}

/// Reads `answer`, which models like to put between Markdown's fences, as JSON.
pub(super) fn json<T: DeserializeOwned>(answer: &str) -> Result<T, serde_json::Error> {
    let answer = answer.trim();
    let fenced = answer.strip_prefix("```").and_then(|rest| rest.strip_suffix("```"));
    let inner = fenced.map_or(answer, |inner| inner.strip_prefix("json").unwrap_or(inner));
    serde_json::from_str(inner)
}
