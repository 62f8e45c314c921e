//! What both streaming surfaces share: the opening of a chunk, its ending, and the farewells.

use bytes::BytesMut;

use super::super::Event;
use super::ResponseHead;
use super::json::{self, append_json, append_number, append_usage};
use crate::wire::{ErrorBody, Usage};

/// The last line of every stream.
const DONE: &[u8] = b"data: [DONE]\n\n";

/// The parts of a `chat.completion.chunk` that are written once per response.
pub(super) struct Frame {
    /// `data: {"id":…,"object":…,"created":…,"model":…,"choices":[`
    open: Box<str>,
    /// What follows the choices: nothing, or `,"usage":null` for clients that asked for usage.
    usage: &'static str,
}

impl Frame {
    pub(super) fn new(head: &ResponseHead, include_usage: bool) -> Self {
        let open = format!(
            "data: {{\"id\":\"{}\",\"object\":\"chat.completion.chunk\",\"created\":{},\"model\":\"{}\",\"choices\":[",
            head.id,
            head.created,
            json::escaped(&head.model),
        );
        Self { open: open.into(), usage: if include_usage { ",\"usage\":null" } else { "" } }
    }

    /// Everything before the fields of a delta.
    pub(super) fn before_delta(&self) -> String {
        format!("{}{{\"index\":0,\"delta\":{{", self.open)
    }

    /// Everything after the fields of a delta, while the run goes on.
    pub(super) fn after_delta(&self) -> String {
        format!("}},\"finish_reason\":null}}]{}}}\n\n", self.usage)
    }

    /// Everything after the fields of the last delta.
    pub(super) fn after_last_delta(&self, reason: &str) -> String {
        format!("}},\"finish_reason\":\"{}\"}}]{}}}\n\n", json::escaped(reason), self.usage)
    }

    /// The chunk with the usage, if it was asked for, and the end of the stream.
    pub(super) fn farewell(&self, usage: Usage, buffer: &mut BytesMut) {
        if !self.usage.is_empty() {
            buffer.extend_from_slice(self.open.as_bytes());
            buffer.extend_from_slice(b"],\"usage\":");
            append_usage(buffer, &usage);
            buffer.extend_from_slice(b"}\n\n");
        }
        buffer.extend_from_slice(DONE);
    }
}

/// An error event and the end of the stream: the same on every surface.
pub(super) fn fail(error: &ErrorBody, buffer: &mut BytesMut) {
    buffer.extend_from_slice(b"data: ");
    append_json(buffer, error);
    buffer.extend_from_slice(b"\n\n");
    buffer.extend_from_slice(DONE);
}

/// The fields of a tool call's delta, the same on both surfaces but for what surrounds them.
pub(super) fn tool_call(event: &Event<'_>, buffer: &mut BytesMut) {
    match event {
        Event::Content { .. } => {}
        Event::ToolCallBegin { index, id, name } => {
            buffer.extend_from_slice(b"\"tool_calls\":[{\"index\":");
            append_number(buffer, *index as u64);
            buffer.extend_from_slice(b",\"id\":\"");
            json::escape_into(buffer, id);
            buffer.extend_from_slice(b"\",\"type\":\"function\",\"function\":{\"name\":\"");
            json::escape_into(buffer, name);
            buffer.extend_from_slice(b"\",\"arguments\":\"\"}}]");
        }
        Event::ToolCallArguments { index, fragment } => {
            buffer.extend_from_slice(b"\"tool_calls\":[{\"index\":");
            append_number(buffer, *index as u64);
            buffer.extend_from_slice(b",\"function\":{\"arguments\":\"");
            json::escape_into(buffer, fragment);
            buffer.extend_from_slice(b"\"}}]");
        }
    }
}
