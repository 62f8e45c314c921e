//! An HTTP client for tools, which reaches only what a stranger may choose.
//!
//! The address that a tool fetches often comes from a model, and so from whoever has written what the model read. This
//! client therefore reaches public addresses and nothing else, unless a network is listed: it looks at every address
//! that a name resolves to, connects to those addresses and no others, and does so again for each redirect. What it
//! reads is bounded in size and in time.

mod address;
mod network;
mod resolver;

mod client;
mod error;
mod redirect;
mod request;
mod response;

pub use client::{Client, ClientBuilder};
pub use error::{FetchError, FetchErrorKind};
pub use request::Request;
pub use response::Response;

#[cfg(test)]
mod tests;
