//! All integration tests, one module a subject, in one binary.

// What users of the macros are told at compile time.
mod compile_fail;

// The bytes on the wire.
mod bad_input;
mod bad_model;
mod wire;

// What runs and sessions promise.
mod authentication;
mod binding;
mod chaos;
mod computing;
mod heartbeat;
mod idempotency;
mod limits;
mod policies;
mod replicas;
mod resumable;
mod runs;
mod sessions;
mod stores;
mod streaming;
mod waiting;

// Models: a server that fails on demand, and real ones on request; what tools fetch.
mod fetch;
mod model;
mod real_model;

// What is published, the server around it, and a proxy in front.
mod access;
mod browser;
mod check;
mod connections;
mod drain;
#[cfg(feature = "http2")]
mod http2;
mod metrics;
mod nginx;
mod publishing;
mod ready;
mod secrets;
mod serving;
mod stalled;
#[cfg(feature = "tls")]
mod tls;
#[cfg(feature = "otel")]
mod traces;

// The walls of the house, and what the README says.
mod architecture;
mod readme;
