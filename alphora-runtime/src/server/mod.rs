//! The only place that knows HTTP: what is published, the routes, the responses, and the accept loop.

mod publish;

mod application;

mod router;

mod admission;
mod extract;
mod handler;
mod negotiate;
mod respond;

mod openapi;
mod pages;

mod banner;
mod connection;
mod listen;
mod shutdown;
mod watch;

/// The axum whose `Router` [`Publisher::router`] gives.
pub use axum;
pub use listen::Server;
pub use publish::{Publisher, publish, publish_agent_api, publish_with};
