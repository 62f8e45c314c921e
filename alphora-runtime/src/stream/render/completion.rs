//! A completion in one piece, for both surfaces.

use std::borrow::Cow;

use bytes::BytesMut;

use super::super::{Event, FinishReason};
use super::json::{append_json, append_usage, escape_into};
use super::openai::{is_line, is_reasoning};
use super::{Render, ResponseHead, Surface, kept, xml};
use crate::digits::append_number;
use crate::wire::{ErrorBody, ToolCall, Usage};

/// Keeps what is sent in the order of its arrival, and writes one JSON object at the end.
pub(super) struct Completion {
    surface: Surface,
    head: ResponseHead,
    /// All content, one piece after the other.
    text: String,
    /// Where each stretch of one type ends in `text`, with the type's place in `types`. The last one, which ends
    /// where the text does, is not among them: most answers have no other.
    stretches: Vec<(usize, usize)>,
    /// The type of the last stretch.
    last: Option<usize>,
    /// The types in order of first appearance.
    types: Vec<Cow<'static, str>>,
    tool_calls: Vec<ToolCall>,
    held: usize,
}

impl Completion {
    pub(super) fn new(surface: Surface, head: ResponseHead) -> Self {
        Self {
            surface,
            head,
            text: String::new(),
            stretches: Vec::new(),
            last: None,
            types: Vec::new(),
            tool_calls: Vec::new(),
            held: 0,
        }
    }

    fn add(&mut self, content_type: &str, text: &str) {
        if text.is_empty() {
            return;
        }
        let known = self.types.iter().position(|known| **known == *content_type).unwrap_or_else(|| {
            self.held += content_type.len();
            self.types.push(kept(content_type));
            self.types.len() - 1
        });
        if let Some(before) = self.last.replace(known)
            && before != known
        {
            self.held += size_of::<(usize, usize)>();
            self.stretches.push((before, self.text.len()));
        }
        self.text.push_str(text);
        if is_line(content_type, text) {
            self.text.push('\n');
        }
    }

    /// The stretches with their types.
    fn pieces(&self) -> impl Iterator<Item = (usize, &str)> {
        let starts = std::iter::once(0).chain(self.stretches.iter().map(|(_, end)| *end));
        let last = self.last.map(|of| (of, self.text.len()));
        let ends = self.stretches.iter().copied().chain(last);
        starts.zip(ends).map(|(start, (of, end))| (of, &self.text[start..end]))
    }

    /// Appends what is, or is not, reasoning; `false` if there is none.
    fn append_content(&self, reasoning: bool, before: &str, buffer: &mut BytesMut) -> bool {
        let mut any = false;
        for (of, piece) in self.pieces() {
            if is_reasoning(&self.types[of]) == reasoning {
                if !std::mem::replace(&mut any, true) {
                    buffer.extend_from_slice(before.as_bytes());
                }
                escape_into(buffer, piece);
            }
        }
        any
    }

    /// The seed's `delta`: all content as one XML text, by type.
    fn append_mixed(&self, buffer: &mut BytesMut) {
        buffer.extend_from_slice(b"\"delta\":{\"content\":\"");
        for (of, content_type) in self.types.iter().enumerate() {
            xml::open_element(buffer, content_type);
            for (_, piece) in self.pieces().filter(|(piece, _)| *piece == of) {
                xml::escape_in_json(buffer, piece);
            }
            xml::close_element(buffer);
        }
        buffer.extend_from_slice(b"\",\"content_type\":\"mixed-xml\"},");
    }

    fn append_message(&self, buffer: &mut BytesMut) {
        buffer.extend_from_slice(b"\"message\":{\"role\":\"assistant\",\"content\":");
        if self.append_content(false, "\"", buffer) {
            buffer.extend_from_slice(b"\"");
        } else {
            // OpenAI's clients expect null beside tool calls and a string everywhere else.
            buffer.extend_from_slice(if self.tool_calls.is_empty() { b"\"\"" } else { b"null" });
        }
        buffer.extend_from_slice(b",\"refusal\":null");
        if self.append_content(true, ",\"reasoning_content\":\"", buffer) {
            buffer.extend_from_slice(b"\"");
        }
        if !self.tool_calls.is_empty() {
            buffer.extend_from_slice(b",\"tool_calls\":");
            append_json(buffer, &self.tool_calls);
        }
        buffer.extend_from_slice(b"},");
    }
}

impl Render for Completion {
    fn event(&mut self, event: &Event<'_>, _: &mut BytesMut) {
        match event {
            Event::Content { content_type, text } => {
                self.held += text.len();
                self.add(content_type, text);
            }
            Event::ToolCallBegin { id, name, .. } => {
                self.held += id.len() + name.len();
                self.tool_calls.push(ToolCall::new(*id, *name, ""));
            }
            Event::ToolCallArguments { index, fragment } => {
                self.held += fragment.len();
                if let Some(call) = self.tool_calls.get_mut(*index) {
                    call.function.arguments.push_str(fragment);
                }
            }
        }
    }

    fn finish(&mut self, reason: &FinishReason, usage: Usage, buffer: &mut BytesMut) {
        buffer.reserve(512 + self.text.len() * 5 / 2);
        let openai = self.surface == Surface::OpenAi;
        buffer.extend_from_slice(b"{\"id\":\"");
        buffer.extend_from_slice(self.head.id.as_bytes());
        buffer.extend_from_slice(b"\",\"object\":\"chat.completion\",\"created\":");
        append_number(buffer, self.head.created);
        buffer.extend_from_slice(b",\"model\":\"");
        escape_into(buffer, &self.head.model);
        buffer.extend_from_slice(b"\",\"choices\":[{\"index\":0,");
        if !openai {
            self.append_mixed(buffer);
        }
        self.append_message(buffer);
        // Required by OpenAI's reference, and null: there are no probabilities.
        buffer.extend_from_slice(b"\"logprobs\":null,\"finish_reason\":\"");
        escape_into(buffer, if openai { reason.as_openai() } else { reason.as_str() });
        buffer.extend_from_slice(b"\"}],\"usage\":");
        append_usage(buffer, &usage);
        buffer.extend_from_slice(b"}");
    }

    fn fail(&mut self, error: &ErrorBody, buffer: &mut BytesMut) {
        append_json(buffer, error);
    }

    fn held(&self) -> usize {
        self.held
    }
}
