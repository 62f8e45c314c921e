//! The output of one run: what the agent sends, how it waits for a slow reader, and the bytes that come of it.
//!
//! An agent's [`DataStreamer`] and the reader's `Output` share one buffer. `send` renders the event straight
//! into it (see `render`), so that no event is stored, moved or allocated on its own; the reader takes all that
//! is ready at once. One `send` stays one chunk: only writes are joined. This folder knows neither HTTP nor
//! sessions.

mod activity;
mod captured;
mod event;
mod finish;
mod interruption;
mod observe;
mod output;
mod render;
mod standalone;
mod streamer;
mod tool_call;

#[cfg(test)]
mod tests;

pub use captured::Captured;
pub use event::Event;
pub use finish::FinishReason;
pub use standalone::EventStream;
pub use streamer::DataStreamer;
pub use tool_call::ToolCallWriter;

pub(crate) use activity::Activity;
pub(crate) use interruption::Interruption;
pub(crate) use observe::{ModelCall, Observe, ToolRun};
pub(crate) use output::{Output, Resumed};
pub(crate) use render::{ResponseHead, Surface, renderer};
pub(crate) use streamer::DEFAULT_MODEL_NAME;
