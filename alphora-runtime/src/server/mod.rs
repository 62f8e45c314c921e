//! The only place that knows HTTP.
mod publish;
pub use publish::{Publisher, publish, publish_with};
