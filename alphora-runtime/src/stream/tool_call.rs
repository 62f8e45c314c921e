//! A call of a client's tool, written in fragments.

use super::{DataStreamer, Event};
use crate::error::Result;

/// A call of one of the client's tools whose arguments are still being written; see
/// [`DataStreamer::begin_tool_call`].
#[derive(Debug)]
pub struct ToolCallWriter<'a> {
    stream: &'a DataStreamer,
    index: usize,
    id: String,
}

impl<'a> ToolCallWriter<'a> {
    pub(super) fn new(stream: &'a DataStreamer, index: usize, id: String) -> Self {
        Self { stream, index, id }
    }

    /// The call's id, which the client sends back with its result.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Sends the next fragment of the arguments, a JSON text.
    ///
    /// # Errors
    /// As [`DataStreamer::send`].
    pub async fn arguments(&self, fragment: impl AsRef<str>) -> Result {
        self.stream
            .event(Event::ToolCallArguments { index: self.index, fragment: fragment.as_ref() })
            .await?;
        Ok(())
    }

    pub(super) fn into_id(self) -> String {
        self.id
    }
}
