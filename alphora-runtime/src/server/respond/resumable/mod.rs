//! Streams whose clients may come back for the rest, from this process or another one that shares its log.
//!
//! A run whose stream is resumable is a task from its beginning, and its client reads what the task has written:
//!
//! ```text
//! run ─► pump ─► tail ─► the body of the answer that has begun it
//!                  └───► journal ─► run log ─► bodies of those who come back, here or elsewhere
//! ```
//!
//! The order at the end is a promise. The run's session is committed before anything says that the run has ended;
//! the log has all events, and that there are no more, before the run gives up its place; and only then is the last
//! event given to the client that has begun it. So whoever reads `[DONE]` finds the whole answer wherever it asks,
//! and whoever does not finds out where it asks. A log that does not do its part delays that for some seconds at
//! most, and takes nothing but the possibility to come back.
//!
//! The answers of requests with an [`Idempotency-Key`](crate::server::idempotency) take the same way: their streams as
//! they are, what is answered in one piece as one event.

mod answer;
mod follow;
mod journal;
mod lost;
mod numbering;
mod pump;
mod tail;
mod whole;

pub(in crate::server) use answer::{KeptRun, Terms, resumable};
pub(in crate::server) use follow::{DONE, FollowBody, Found};
pub(in crate::server) use lost::{Silence, lost};
pub(in crate::server) use whole::kept_whole;

#[cfg(test)]
mod tests;
