//! What is sent before anybody has chosen a surface.

use bytes::BytesMut;

use super::super::{Event, FinishReason};
use super::Render;
use crate::wire::{ErrorBody, Usage};

/// How many events wait for a surface.
const MOST_EVENTS: usize = 1024;
/// How many bytes of content wait for a surface.
const MOST_BYTES: usize = 1024 * 1024;

/// Keeps events until a surface is chosen; then they are rendered in order.
#[derive(Default)]
pub(crate) struct Queue {
    events: Vec<OwnedEvent>,
    bytes: usize,
}

/// An event that outlives the call that sent it.
pub(crate) enum OwnedEvent {
    Content { content_type: String, text: String },
    ToolCallBegin { index: usize, id: String, name: String },
    ToolCallArguments { index: usize, fragment: String },
}

impl OwnedEvent {
    fn new(event: &Event<'_>) -> Self {
        match *event {
            Event::Content { content_type, text } => {
                Self::Content { content_type: content_type.to_owned(), text: text.to_owned() }
            }
            Event::ToolCallBegin { index, id, name } => {
                Self::ToolCallBegin { index, id: id.to_owned(), name: name.to_owned() }
            }
            Event::ToolCallArguments { index, fragment } => {
                Self::ToolCallArguments { index, fragment: fragment.to_owned() }
            }
        }
    }

    pub(crate) fn borrowed(&self) -> Event<'_> {
        match self {
            Self::Content { content_type, text } => Event::Content { content_type, text },
            Self::ToolCallBegin { index, id, name } => Event::ToolCallBegin { index: *index, id, name },
            Self::ToolCallArguments { index, fragment } => {
                Event::ToolCallArguments { index: *index, fragment }
            }
        }
    }
}

impl Render for Queue {
    fn event(&mut self, event: &Event<'_>, _: &mut BytesMut) {
        self.bytes += event.len();
        self.events.push(OwnedEvent::new(event));
    }

    // Nobody reads before a surface is chosen, so there is nobody to say farewell to.
    fn finish(&mut self, _: &FinishReason, _: Usage, _: &mut BytesMut) {}

    fn fail(&mut self, _: &ErrorBody, _: &mut BytesMut) {}

    fn is_full(&self) -> bool {
        self.events.len() >= MOST_EVENTS || self.bytes >= MOST_BYTES
    }

    fn take_queued(&mut self) -> Vec<OwnedEvent> {
        std::mem::take(&mut self.events)
    }
}
