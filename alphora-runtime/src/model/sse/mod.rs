//! Server-sent events, as model servers send them: bytes in, events out.

mod error;
mod event;
mod line;
mod parser;

pub(crate) use error::SseError;
pub(crate) use event::Event;
pub(crate) use parser::{MOST_EVENT_BYTES, Parser};

#[cfg(test)]
mod tests;
