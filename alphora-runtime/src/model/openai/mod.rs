//! Model servers that speak OpenAI's chat completions, reached over HTTP.

mod builder;
mod environment;

mod address;
mod transport;

mod clocks;
mod retry;

mod completions;

mod attempt;
mod body;
mod bounded_body;
mod dialect;

mod answer;
mod chunk;
mod failure;
mod nesting;
mod tool_calls;
mod translate;

pub use builder::OpenAILikeBuilder;
pub(super) use completions::server_of;
pub use retry::RetryPolicy;

#[cfg(test)]
mod tests;
