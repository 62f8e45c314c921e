//! What both streaming surfaces share: the opening of a chunk, its ending, and the farewells.

use bytes::BytesMut;

use super::super::Event;
use super::ResponseHead;
use super::json::{self, append_json, append_usage};
use crate::digits::append_number;
use crate::wire::{ErrorBody, Usage};

/// The last line of every stream.
const DONE: &[u8] = b"data: [DONE]\n\n";

/// What opens a choice and its delta.
const DELTA: &[u8] = b"{\"index\":0,\"delta\":{";

/// What stands before a delta's fields beside the model's name, with an id of 37 characters and a time of 10.
const ROOM: usize = 155;

/// The parts of a `chat.completion.chunk` that are written once per response.
pub(super) struct Frame {
    /// `data: {"id":…,"object":…,"created":…,"model":…,"choices":[{"index":0,"delta":{`: all before a delta's fields.
    before_delta: BytesMut,
    include_usage: bool,
}

impl Frame {
    pub(super) fn new(head: &ResponseHead, include_usage: bool) -> Self {
        let mut before_delta = BytesMut::with_capacity(ROOM + head.model.len());
        before_delta.extend_from_slice(b"data: {\"id\":\"");
        before_delta.extend_from_slice(head.id.as_bytes());
        before_delta.extend_from_slice(b"\",\"object\":\"chat.completion.chunk\",\"created\":");
        append_number(&mut before_delta, head.created);
        before_delta.extend_from_slice(b",\"model\":\"");
        json::escape_into(&mut before_delta, &head.model);
        before_delta.extend_from_slice(b"\",\"choices\":[");
        before_delta.extend_from_slice(DELTA);
        Self { before_delta, include_usage }
    }

    /// Everything before the fields of a delta.
    pub(super) fn before_delta(&self) -> &[u8] {
        &self.before_delta
    }

    /// Everything after the fields of a delta, while the run goes on.
    pub(super) fn after_delta(&self) -> &'static [u8] {
        // Clients that have asked for the usage are told in each chunk that it is still to come.
        if self.include_usage {
            b"},\"finish_reason\":null}],\"usage\":null}\n\n"
        } else {
            b"},\"finish_reason\":null}]}\n\n"
        }
    }

    /// Appends everything after the fields of the last delta.
    pub(super) fn close_last_delta(&self, reason: &str, buffer: &mut BytesMut) {
        buffer.extend_from_slice(b"},\"finish_reason\":\"");
        json::escape_into(buffer, reason);
        buffer.extend_from_slice(if self.include_usage { b"\"}],\"usage\":null}\n\n" } else { b"\"}]}\n\n" });
    }

    /// The chunk with the usage, if it was asked for, and the end of the stream.
    pub(super) fn farewell(&self, usage: Usage, buffer: &mut BytesMut) {
        if self.include_usage {
            buffer.extend_from_slice(self.before_delta.strip_suffix(DELTA).unwrap_or_default());
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
