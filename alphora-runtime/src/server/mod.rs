//! The only place that knows HTTP: what is published, the routes, the responses, and the accept loop.

mod publish;

mod prepare;

mod clashes;
#[cfg(feature = "redb")]
mod directory;
mod exposure;

mod application;
mod authentication;
mod background;
mod hexadecimal;
mod reread;
mod running;

mod access;
mod metrics;

mod router;

mod browser;

mod admission;
mod extract;
mod handler;
mod idempotency;
mod in_time;
mod limits;
mod negotiate;
mod packed_headers;
mod respond;
mod waiting;

mod openapi;
mod pages;

mod accept;
mod asked;
mod banner;
mod connection;
mod courier;
mod front;
#[cfg(feature = "http2")]
mod http2;
mod listen;
mod shutdown;
mod socket;
mod store_health;
mod stores;
mod tls;
mod transport;
mod watch;
mod watched;
mod writer;

pub use authentication::{ApiKeys, Authenticate, AuthenticateFuture, AuthenticationError, Upkeep};
/// The axum whose `Router` [`Publisher::router`] gives.
pub use axum;
pub use listen::Server;
pub use publish::{Publisher, publish, publish_agent_api, publish_with};
