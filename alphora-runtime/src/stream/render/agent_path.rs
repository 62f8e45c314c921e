//! The streaming surface of an agent's own path: the seed's chunks, with what OpenAI's clients need added.

use std::borrow::Cow;

use bytes::BytesMut;

use super::super::{Event, FinishReason};
use super::frame::{self, Frame};
use super::{Render, ResponseHead, json, kept};
use crate::wire::{ErrorBody, Usage};

/// How many content types of a response have their ending kept; further ones are written each time.
const KNOWN_TYPES: usize = 8;

/// `delta{content, content_type}`; the first delta also has the role, which OpenAI's clients insist on.
pub(super) struct AgentPathStream {
    frame: Frame,
    /// The content types met so far, each with all that follows its content.
    known: Vec<(Cow<'static, str>, Box<[u8]>)>,
    begun: bool,
}

impl AgentPathStream {
    pub(super) fn new(head: &ResponseHead, include_usage: bool) -> Self {
        Self { frame: Frame::new(head, include_usage), known: Vec::new(), begun: false }
    }

    fn open_delta(&mut self, buffer: &mut BytesMut) {
        buffer.extend_from_slice(self.frame.before_delta());
        if !self.begun {
            self.begun = true;
            buffer.extend_from_slice(b"\"role\":\"assistant\",");
        }
    }

    fn close_content(&mut self, content_type: &str, buffer: &mut BytesMut) {
        if let Some((_, ending)) = self.known.iter().find(|(known, _)| **known == *content_type) {
            buffer.extend_from_slice(ending);
            return;
        }
        let begin = buffer.len();
        buffer.extend_from_slice(b"\",\"content_type\":\"");
        json::escape_into(buffer, content_type);
        buffer.extend_from_slice(b"\"");
        buffer.extend_from_slice(self.frame.after_delta());
        if self.known.len() < KNOWN_TYPES {
            self.known.push((kept(content_type), buffer[begin..].into()));
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
            buffer.extend_from_slice(self.frame.after_delta());
        }
    }

    fn finish(&mut self, reason: &FinishReason, usage: Usage, buffer: &mut BytesMut) {
        self.open_delta(buffer);
        buffer.extend_from_slice(b"\"content\":\"\",\"content_type\":\"stop\"");
        self.frame.close_last_delta(reason.as_str(), buffer);
        self.frame.farewell(usage, buffer);
    }

    fn fail(&mut self, error: &ErrorBody, buffer: &mut BytesMut) {
        frame::fail(error, buffer);
    }

    fn is_live(&self) -> bool {
        true
    }
}
