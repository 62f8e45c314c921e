//! The streaming surface of an agent's own path: the seed's chunks, with what OpenAI's clients need added.

use bytes::BytesMut;

use super::super::{Event, FinishReason};
use super::frame::{self, Frame};
use super::{Render, ResponseHead, json};
use crate::wire::{ErrorBody, Usage};

/// How many content types of a response have their ending kept; further ones are written each time.
const KNOWN_TYPES: usize = 8;

/// `delta{content, content_type}`; the first delta also has the role, which OpenAI's clients insist on.
pub(super) struct AgentPathStream {
    frame: Frame,
    /// Up to the first field of a delta.
    before: Box<str>,
    /// From the last field of a delta.
    after: Box<str>,
    /// The content types met so far, each with all that follows its content.
    known: Vec<(Box<str>, Box<str>)>,
    begun: bool,
}

impl AgentPathStream {
    pub(super) fn new(head: &ResponseHead, include_usage: bool) -> Self {
        let frame = Frame::new(head, include_usage);
        let (before, after) = (frame.before_delta().into(), frame.after_delta().into());
        Self { frame, before, after, known: Vec::new(), begun: false }
    }

    fn open_delta(&mut self, buffer: &mut BytesMut) {
        buffer.extend_from_slice(self.before.as_bytes());
        if !self.begun {
            self.begun = true;
            buffer.extend_from_slice(b"\"role\":\"assistant\",");
        }
    }

    fn close_content(&mut self, content_type: &str, buffer: &mut BytesMut) {
        if let Some((_, ending)) = self.known.iter().find(|(known, _)| **known == *content_type) {
            buffer.extend_from_slice(ending.as_bytes());
            return;
        }
        let ending = format!("\",\"content_type\":\"{}\"{}", json::escaped(content_type), self.after);
        buffer.extend_from_slice(ending.as_bytes());
        if self.known.len() < KNOWN_TYPES {
            self.known.push((content_type.into(), ending.into()));
        }
    }
}

impl Render for AgentPathStream {
    fn event(&mut self, event: &Event<'_>, buffer: &mut BytesMut) {
        self.open_delta(buffer);
        if let Event::Content { content_type, text } = event {
            buffer.extend_from_slice(b"\"content\":\"");
            json::escape_into(buffer, text);
            self.close_content(content_type, buffer);
        } else {
            buffer.extend_from_slice(b"\"content\":null,\"content_type\":\"tool_call\",");
            frame::tool_call(event, buffer);
            buffer.extend_from_slice(self.after.as_bytes());
        }
    }

    fn finish(&mut self, reason: &FinishReason, usage: Usage, buffer: &mut BytesMut) {
        self.open_delta(buffer);
        buffer.extend_from_slice(b"\"content\":\"\",\"content_type\":\"stop\"");
        buffer.extend_from_slice(self.frame.after_last_delta(reason.as_str()).as_bytes());
        self.frame.farewell(usage, buffer);
    }

    fn fail(&mut self, error: &ErrorBody, buffer: &mut BytesMut) {
        frame::fail(error, buffer);
    }

    fn is_live(&self) -> bool {
        true
    }
}
