//! From events to the bytes of a surface.
//!
//! A surface is one [`Render`] and nothing else. The streaming ones write what does not change in a response
//! once, and then copy: per chunk only the content is escaped.

mod agent_path;
mod completion;
mod frame;
mod json;
mod openai;
mod queue;
mod xml;

use std::borrow::Cow;

use bytes::BytesMut;

pub(crate) use queue::{OwnedEvent, Queue};

use super::{Event, FinishReason};
use crate::random::Identifier;
use crate::wire::{ErrorBody, Usage};

/// One surface: translates the events of a run into bytes.
pub(crate) trait Render: Send {
    /// Appends `event` to `buffer`, or keeps it for the end.
    fn event(&mut self, event: &Event<'_>, buffer: &mut BytesMut);

    /// Appends the farewell of a run that ended well.
    fn finish(&mut self, reason: &FinishReason, usage: Usage, buffer: &mut BytesMut);

    /// Appends the farewell of a run that failed after its first byte.
    fn fail(&mut self, error: &ErrorBody, buffer: &mut BytesMut);

    /// Whether what is rendered is read while the run goes on; what is kept for the end need not be hurried.
    fn is_live(&self) -> bool {
        false
    }

    /// How many bytes are kept for the end.
    fn held(&self) -> usize {
        0
    }

    /// Whether further events have to wait although the buffer has room.
    fn is_full(&self) -> bool {
        false
    }

    /// The events that wait for a surface to be chosen.
    fn take_queued(&mut self) -> Vec<OwnedEvent> {
        Vec::new()
    }
}

/// What is the same in every chunk of a response.
#[derive(Debug, Clone)]
pub(crate) struct ResponseHead {
    /// `cmpl-` and 32 hexadecimal digits.
    pub(crate) id: Identifier,
    /// Seconds since 1970.
    pub(crate) created: u64,
    /// The model that the response names.
    pub(crate) model: String,
}

/// The surfaces of a chat completion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Surface {
    /// The agent's own path: the seed's format, completed so that OpenAI's clients can read it.
    AgentPath,
    /// `/v1`: what OpenAI's API document says.
    OpenAi,
}

/// The renderer of a chat completion.
pub(crate) fn renderer(
    surface: Surface,
    stream: bool,
    include_usage: bool,
    head: ResponseHead,
) -> Box<dyn Render> {
    match (surface, stream) {
        (Surface::AgentPath, true) => Box::new(agent_path::AgentPathStream::new(&head, include_usage)),
        (Surface::OpenAi, true) => Box::new(openai::OpenAiStream::new(&head, include_usage)),
        (surface, false) => Box::new(completion::Completion::new(surface, head)),
    }
}

/// A content type to keep. Most answers have one, and have it without an allocation.
fn kept(content_type: &str) -> Cow<'static, str> {
    match content_type {
        "text" => Cow::Borrowed("text"),
        other => Cow::Owned(other.to_owned()),
    }
}
