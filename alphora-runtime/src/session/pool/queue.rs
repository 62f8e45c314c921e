//! Whether a turn may wait for its session, and for whom.

use std::time::Duration;

use super::RETRY_WHEN_BUSY;
use super::afterwards::Afterwards;
use super::entry::Entry;
use crate::session::{Claim, Concurrency, SessionError};

/// Makes sure that one more turn may wait for a session that is in use, behind at most `limit` others. A turn that
/// supersedes those before it waits even if no other may: for the end of the one that it ends.
///
/// Each turn is superseded once, so that this costs nothing for those that were superseded before. Turns that
/// cannot be ended, which only a program's own are, are looked at each time.
pub(super) fn make_room(
    entry: &mut Entry,
    claim: &Claim,
    limit: usize,
    afterwards: &mut Afterwards,
) -> Result<(), SessionError> {
    let (before, limit) = match claim.supersedes() {
        Some(_) => (entry.queue.iter().filter(|waiting| waiting.handle.is_none()).count(), limit.max(1)),
        None if claim.concurrency == Concurrency::Reject => return Err(busy()),
        None => (entry.queue.len(), limit),
    };
    if before >= limit {
        return Err(busy());
    }
    if let Some(keep) = claim.supersedes() {
        (entry.queue, afterwards.superseded) =
            std::mem::take(&mut entry.queue).into_iter().partition(|waiting| waiting.handle.is_none());
        afterwards.preempted = entry.handle.clone().map(|handle| (handle, keep));
    }
    Ok(())
}

const fn busy() -> SessionError {
    SessionError::Busy { waited: Duration::ZERO, retry_after: RETRY_WHEN_BUSY }
}
