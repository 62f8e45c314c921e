//! A surface that writes pieces as they are, each recognisable.

use bytes::BytesMut;

use crate::stream::render::Render;
use crate::stream::{Event, FinishReason};
use crate::wire::{ErrorBody, Usage};

pub(super) const FINISH: &str = "[finish]";
pub(super) const FAIL: &str = "[fail]";

/// A piece like no other, of about `length` bytes.
pub(super) fn piece(sender: u32, nth: u32, length: usize) -> String {
    format!("<{sender}.{nth}:{}>", "x".repeat(length))
}

pub(super) struct Plain;

impl Render for Plain {
    fn event(&mut self, event: &Event<'_>, buffer: &mut BytesMut) {
        if let Event::Content { text, .. } = event {
            buffer.extend_from_slice(text.as_bytes());
        }
    }

    fn finish(&mut self, _: &FinishReason, _: Usage, buffer: &mut BytesMut) {
        buffer.extend_from_slice(FINISH.as_bytes());
    }

    fn fail(&mut self, _: &ErrorBody, buffer: &mut BytesMut) {
        buffer.extend_from_slice(FAIL.as_bytes());
    }

    fn is_live(&self) -> bool {
        true
    }
}
