//! What is learnt of a request while it is served, for the line that is written when it is over.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::SessionForLog;
use crate::principal::Principal;
use crate::random::Identifier;
use crate::server::authentication::Caller;
use crate::server::metrics::RunOutcome;
use crate::server::respond::Identity;

/// One request and its answer, among the extensions of the request where there is going to be a line for it.
#[derive(Debug, Clone, Default)]
pub(in crate::server) struct Exchange(Arc<Mutex<Learnt>>);

/// What is known so far.
#[derive(Debug, Default)]
pub(super) struct Learnt {
    pub(super) request_id: Option<Identifier>,
    pub(super) run_id: Option<Identifier>,
    pub(super) session: Option<SessionForLog>,
    pub(super) principal: Option<Principal>,
    /// Whether sessions are somebody's here, so that knowing an id opens none.
    pub(super) is_owned: bool,
    pub(super) outcome: Option<RunOutcome>,
    /// Bytes that were written past hyper.
    pub(super) passed: u64,
}

impl Exchange {
    /// Who sends the request.
    pub(in crate::server) fn note_caller(&self, caller: &Caller) {
        let mut learnt = self.learnt();
        learnt.is_owned = caller.owner.name().is_some();
        learnt.principal.clone_from(&caller.principal);
    }

    /// It has begun a run: the ids that the answer will have.
    pub(in crate::server) fn note_run(&self, identity: &Identity, session: Option<SessionForLog>) {
        let mut learnt = self.learnt();
        learnt.request_id = Some(identity.request_id);
        learnt.run_id = identity.run_id;
        learnt.session = session;
    }

    /// How its run has ended, and how many bytes of it were written past hyper.
    pub(in crate::server) fn note_end(&self, outcome: RunOutcome, passed: u64) {
        let mut learnt = self.learnt();
        learnt.outcome = Some(outcome);
        learnt.passed = passed;
    }

    pub(super) fn learnt(&self) -> MutexGuard<'_, Learnt> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
