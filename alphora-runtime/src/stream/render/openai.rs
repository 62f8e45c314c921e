//! The streaming surface of `/v1`: OpenAI's chunks, with reasoning where its clients look for it.

use bytes::BytesMut;

use super::super::{Event, FinishReason};
use super::frame::{self, Frame};
use super::{Render, ResponseHead, json};
use crate::wire::{ErrorBody, Usage};

/// A role chunk, then `delta{content}` or `delta{reasoning_content}`, never both in one chunk.
pub(super) struct OpenAiStream {
    frame: Frame,
    begun: bool,
}

/// Whether content of this type is shown apart from the answer: what an agent thinks and does, rather than says.
pub(super) fn is_reasoning(content_type: &str) -> bool {
    matches!(content_type, "thinking" | "tool_call" | "status")
}

/// Whether this is a line of its own where it stands among other text: what an agent is busy with.
pub(super) fn is_line(content_type: &str, text: &str) -> bool {
    content_type == "status" && !text.ends_with('\n')
}

impl OpenAiStream {
    pub(super) fn new(head: &ResponseHead, include_usage: bool) -> Self {
        Self { frame: Frame::new(head, include_usage), begun: false }
    }

    fn begin(&mut self, buffer: &mut BytesMut) {
        if !self.begun {
            self.begun = true;
            buffer.extend_from_slice(self.frame.before_delta());
            buffer.extend_from_slice(b"\"role\":\"assistant\",\"content\":\"\"");
            buffer.extend_from_slice(self.frame.after_delta());
        }
    }
}

impl Render for OpenAiStream {
    fn event(&mut self, event: &Event<'_>, buffer: &mut BytesMut) {
        self.begin(buffer);
        if let Event::Content { content_type, text } = event {
            let field: &[u8] =
                if is_reasoning(content_type) { b"\"reasoning_content\":\"" } else { b"\"content\":\"" };
            buffer.extend_from_slice(self.frame.before_delta());
            buffer.extend_from_slice(field);
            json::escape_into(buffer, text);
            if is_line(content_type, text) {
                buffer.extend_from_slice(b"\\n");
            }
            buffer.extend_from_slice(b"\"");
            buffer.extend_from_slice(self.frame.after_delta());
        } else {
            buffer.extend_from_slice(self.frame.before_delta());
            frame::tool_call(event, buffer);
            buffer.extend_from_slice(self.frame.after_delta());
        }
    }

    fn finish(&mut self, reason: &FinishReason, usage: Usage, buffer: &mut BytesMut) {
        self.begin(buffer);
        buffer.extend_from_slice(self.frame.before_delta());
        self.frame.close_last_delta(reason.as_openai(), buffer);
        self.frame.farewell(usage, buffer);
    }

    fn fail(&mut self, error: &ErrorBody, buffer: &mut BytesMut) {
        frame::fail(error, buffer);
    }

    fn is_live(&self) -> bool {
        true
    }
}
