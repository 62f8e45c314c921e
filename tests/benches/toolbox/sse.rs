//! The runtime's parser of events, compiled here because the runtime publishes none of it.

#[path = "../../../alphora-runtime/src/model/sse/error.rs"]
mod error;
#[path = "../../../alphora-runtime/src/model/sse/event.rs"]
mod event;
#[path = "../../../alphora-runtime/src/model/sse/line.rs"]
mod line;
#[path = "../../../alphora-runtime/src/model/sse/parser.rs"]
mod parser;

pub(crate) use error::SseError;
pub(crate) use event::Event;
pub(crate) use parser::{MOST_EVENT_BYTES, Parser};
