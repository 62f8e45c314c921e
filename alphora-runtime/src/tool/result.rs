//! What came of one call.

use std::fmt::{self, Write as _};

use serde::Serialize;

use super::{ToolError, ToolErrorKind, ToolOutput};
use crate::hidden::Hidden;
use crate::session::ToolResults;
use crate::wire::Message;

/// What came of one call: what the tool gave, or why it gave nothing, in words that a model can act on.
///
/// A failure's `content` is JSON: `{"error":"timeout","message":".."}`. It converts into the
/// [`Message`](crate::wire::Message) that a model wants for every call it has made.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ToolResult {
    /// The id of the call, as the model gave it.
    pub call_id: String,
    /// The name of the tool, as the model wrote it.
    pub name: String,
    /// What the model reads.
    pub content: String,
    /// Why there is no result; `None`: there is one.
    pub error: Option<ToolErrorKind>,
}

/// The longest words of a failure, in bytes.
const LONGEST_MESSAGE: usize = 4_000;

impl ToolResult {
    /// The result of the call `call_id` of the tool `name`.
    pub fn new(
        call_id: impl Into<String>,
        name: impl Into<String>,
        outcome: Result<ToolOutput, ToolError>,
    ) -> Self {
        let (content, error) = match outcome {
            Ok(output) => (output.into_string(), None),
            Err(error) => (explained(&error), Some(error.kind())),
        };
        Self { call_id: call_id.into(), name: name.into(), content, error }
    }

    /// Whether the tool gave nothing.
    pub fn is_error(&self) -> bool {
        self.error.is_some()
    }

    /// Cuts what is longer than `most` bytes, and says so at the end.
    pub(super) fn limit(&mut self, most: usize) {
        let length = self.content.len();
        if length > most {
            let shown = self.content.floor_char_boundary(most);
            self.content.truncate(shown);
            let _ = write!(self.content, "\n[cut: the first {shown} of {length} bytes]");
        }
    }
}

fn explained(error: &ToolError) -> String {
    #[derive(Serialize)]
    struct Explained<'a> {
        error: ToolErrorKind,
        message: &'a str,
    }
    let message = error.message();
    let message = &message[..message.floor_char_boundary(LONGEST_MESSAGE)];
    serde_json::to_string(&Explained { error: error.kind(), message })
        .unwrap_or_else(|_| error.kind().to_string())
}

impl From<ToolResult> for Message {
    fn from(result: ToolResult) -> Self {
        Self::tool(result.call_id, result.content)
    }
}

impl ToolResults for ToolResult {
    fn into_tool_messages(self) -> Vec<Message> {
        vec![self.into()]
    }
}

/// Which call, not what came of it.
impl fmt::Debug for ToolResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ToolResult")
            .field("call_id", &self.call_id)
            .field("name", &self.name)
            .field("content", &Hidden(&self.content))
            .field("error", &self.error)
            .finish()
    }
}
