//! `Idempotency-Key`: a request that is sent again gets the first one's answer, from any server that shares its store.
//!
//! A key belongs to an owner and an agent. The first request that has it [claims](claim) it, for the run that it begins;
//! whoever has it later finds that [record](record), and is refused if the request is another one. The answer is in the
//! run's log, where [resumable streams](super::respond) are: a stream as its events, anything else as one event that is
//! the [whole answer](kept). A [repetition](repetition) reads it there, and waits for what is still to come.
//!
//! ```text
//! no claim ──► claimed ──► the agent's method is called ──► answered, whatever the answer is ──► no claim
//!     ▲            │                     │                              after `idempotency_time`
//!     └────────────┘                     └──► its server is lost: nobody knows what was done
//!  refused before that
//! ```
//!
//! A key is given back by its own note, until the log has answered, or for five minutes: [`give_back`].
//!
//! A key runs an agent at most once. So a run whose process was lost is not begun again: its key says so until its time
//! is over. And an answer that found no room, or more than there is for one, is gone, and not made anew.

mod claim;
mod give_back;
mod kept;
mod key;
mod record;
mod repetition;

pub(super) use claim::{Asked, Claim, Claimed, claim};
pub(super) use give_back::AT_ONCE as KEYS_GIVEN_BACK_AT_ONCE;
pub(super) use kept::Kept;
pub(super) use key::{Keyed, keyed};
pub(super) use repetition::Repetition;
