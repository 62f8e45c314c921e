//! What the journal takes to the log, and what it tells of it.

use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::{End, Log, Tail, wake};
use crate::session::store::LoggedEvent;

/// With this many bytes an append does not wait for its time.
const FULL_BATCH: usize = 4 * 1024;

/// What there is for the log.
pub(in super::super) enum Batch {
    Events(Vec<LoggedEvent>),
    Ended,
}

impl Tail {
    /// The log knows the run.
    pub(in super::super) fn opened(&self) {
        let mut state = self.state();
        state.log = Log::Open;
        wake(&mut state.reader);
    }

    /// Waits for events that the log does not have: until there are many, or until `due`.
    pub(in super::super) async fn batch(&self, due: Instant) -> Batch {
        loop {
            let waits = {
                let state = self.state();
                let ended = state.end > End::Open;
                let logged = state.logged;
                if state.unlogged == 0 && ended {
                    return Batch::Ended;
                }
                if state.unlogged > 0 && (ended || state.unlogged >= FULL_BATCH || due <= Instant::now()) {
                    let unlogged = state.events.iter().filter(|event| event.id > logged);
                    return Batch::Events(unlogged.cloned().collect());
                }
                state.unlogged > 0
            };
            let until = if waits { due } else { Instant::now() + Duration::from_secs(3600) };
            // Looked at again in any case.
            let _ = timeout_at(until, self.journal.notified()).await;
        }
    }

    /// The log has the events up to `id`.
    pub(in super::super) fn logged(&self, id: u64) {
        let mut state = self.state();
        state.logged = id;
        let unlogged = state.events.iter().filter(|event| event.id > id);
        state.unlogged = unlogged.map(|event| event.bytes.len()).sum();
        state.trim();
        wake(&mut state.pump);
    }

    /// The log will have no more events.
    pub(in super::super) fn lose_log(&self) {
        let mut state = self.state();
        state.log = Log::Lost;
        state.trim();
        wake(&mut state.pump);
        wake(&mut state.reader);
    }

    /// Waits until all events are there.
    pub(in super::super) async fn ended(&self) {
        while self.state().end == End::Open {
            self.journal.notified().await;
        }
    }

    /// The log has all that it will ever have.
    pub(in super::super) fn seal(&self) {
        if self.state().end == End::Open {
            self.lose_log();
        } else {
            let mut state = self.state();
            state.end = state.end.max_of(End::Sealed);
            wake(&mut state.pump);
        }
    }
}
