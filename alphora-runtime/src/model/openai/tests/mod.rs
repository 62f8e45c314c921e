//! What is asked and what is understood, without a server.

mod building;
mod failures;
mod translation;
