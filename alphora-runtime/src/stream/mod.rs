//! The output of one run.
mod streamer;
pub use streamer::DataStreamer;
