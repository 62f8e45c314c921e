//! What a test's agent has sent.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::BytesMut;

use super::render::Render;
use super::{Event, FinishReason};
use crate::wire::{ErrorBody, Usage};

/// The events that a [`super::DataStreamer::capture`] was sent, as pairs of content type and text.
///
/// Calls of client tools appear as `("tool_calls", "name(arguments)")`. It compares with arrays, slices and
/// vectors of pairs.
#[derive(Clone, Default)]
pub struct Captured(Arc<Mutex<Vec<(String, String)>>>);

impl Captured {
    pub(super) fn recorder(&self) -> Recorder {
        Recorder(self.clone())
    }

    pub(super) fn snapshot(&self) -> Self {
        Self(Arc::new(Mutex::new(self.to_vec())))
    }

    /// The pairs.
    pub fn to_vec(&self) -> Vec<(String, String)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// All pieces of `content_type`, joined.
    pub fn joined(&self, content_type: &str) -> String {
        self.to_vec().into_iter().filter(|(kind, _)| kind == content_type).map(|(_, text)| text).collect()
    }
}

impl std::fmt::Debug for Captured {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.to_vec().fmt(f)
    }
}

impl PartialEq<[(&str, &str)]> for Captured {
    fn eq(&self, other: &[(&str, &str)]) -> bool {
        let events = self.to_vec();
        events.len() == other.len()
            && events
                .iter()
                .zip(other)
                .all(|((kind, text), (other_kind, other_text))| kind == other_kind && text == other_text)
    }
}

impl<const N: usize> PartialEq<[(&str, &str); N]> for Captured {
    fn eq(&self, other: &[(&str, &str); N]) -> bool {
        self == other.as_slice()
    }
}

impl PartialEq<Vec<(&str, &str)>> for Captured {
    fn eq(&self, other: &Vec<(&str, &str)>) -> bool {
        self == other.as_slice()
    }
}

/// Keeps events instead of rendering them.
pub(super) struct Recorder(Captured);

impl Render for Recorder {
    fn event(&mut self, event: &Event<'_>, _: &mut BytesMut) {
        let mut events = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            Event::Content { content_type, text } => events.push(((*content_type).into(), (*text).into())),
            Event::ToolCallBegin { name, .. } => events.push(("tool_calls".into(), format!("{name}()"))),
            Event::ToolCallArguments { index, fragment } => {
                let call = events.iter_mut().filter(|(kind, _)| kind == "tool_calls").nth(*index);
                if let Some((_, call)) = call {
                    call.pop();
                    call.push_str(fragment);
                    call.push(')');
                }
            }
        }
    }

    fn finish(&mut self, _: &FinishReason, _: Usage, _: &mut BytesMut) {}

    fn fail(&mut self, _: &ErrorBody, _: &mut BytesMut) {}
}
