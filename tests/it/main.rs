//! All integration tests, one module a subject, in one binary.

// What users of the macros are told at compile time.
mod compile_fail;

// The bytes on the wire.
mod bad_input;
mod bad_model;
mod wire;

// What runs and sessions promise.
mod binding;
mod runs;
mod sessions;
mod streaming;
mod waiting;

// Models: a server that fails on demand, and real ones on request.
mod model;
mod real_model;

// What is published, and the server around it.
mod publishing;
mod serving;

// The walls of the house, and what the README says.
mod architecture;
mod readme;
