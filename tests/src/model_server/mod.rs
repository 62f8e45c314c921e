//! A model server that fails on demand: HTTP over a bare socket, so that every byte and every fault is the test's.

mod answer;
mod body;
mod connection;
pub mod figures;
mod record;
mod server;

pub use answer::{Answer, Cut, Step};
pub use body::{DONE, content, finish, sentence, usage};
pub use record::{Record, Seen};
pub use server::{ModelServer, closed_port};
