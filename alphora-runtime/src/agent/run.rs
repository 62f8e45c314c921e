//! One run: acquire the session, call the method, commit what it remembers. Whoever carries it says farewell.
//!
//! The order is the promise. A run commits only after its method has returned well, and it is over only after
//! the commit: so the last byte can never be sent for a turn that is not stored, and a run that fails, panics,
//! expires or is dropped leaves its session as it was.

use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use super::clocks::{Clock, Clocks};
use super::{Agent, Instance, RunContext};
use crate::error::AgentError;
use crate::panic::words;
use crate::random::Identifier;
use crate::session::{Memory, MemoryPool, SessionError, SessionKey};
use crate::stream::{DataStreamer, FinishReason, Output};
use crate::wire::OpenAIRequest;

/// How a run ended well enough for an answer.
#[derive(Debug, PartialEq)]
pub(crate) enum Ending {
    /// The method returned and its memory is stored.
    Completed(FinishReason),
    /// A clock expired; the session is as it was.
    Expired(Clock),
}

/// How a run ended without an answer. The session is as it was.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The method returned an error.
    Agent(AgentError),
    /// The method, or something else of the user's, panicked.
    Panicked(String),
    /// The session could not be had or kept.
    Session(SessionError),
}

pub(crate) type Outcome = Result<Ending, Failure>;

/// The session of a run.
#[derive(Debug, Clone)]
pub(crate) enum Session {
    /// The request names it.
    Named(SessionKey),
    /// The request names none: this new id is announced, and stored if there is something to store.
    Unnamed(SessionKey),
}

impl Session {
    pub(crate) fn key(&self) -> &SessionKey {
        match self {
            Self::Named(key) | Self::Unnamed(key) => key,
        }
    }
}

/// All that a run needs but the agent.
pub(crate) struct Input {
    pub(crate) endpoint: usize,
    pub(crate) request: OpenAIRequest,
    pub(crate) output: Output,
    pub(crate) run_id: Identifier,
    pub(crate) session: Session,
    pub(crate) clocks: Clocks,
}

/// An agent of any type, as the server knows it.
pub(crate) trait Runnable: Send + Sync + 'static {
    /// A run of the agent. Nothing happens before it is polled; dropping it is cancelling it.
    fn run(self: Arc<Self>, input: Input) -> Run;
}

/// Makes the instance of a run.
pub(crate) type Factory<A> = Box<dyn Fn(&RunContext<'_>) -> A + Send + Sync>;

/// An agent with what its runs share.
pub(crate) struct Published<A> {
    pub(crate) factory: Factory<A>,
    pub(crate) pool: MemoryPool,
}

impl<A: Agent> Runnable for Published<A> {
    fn run(self: Arc<Self>, input: Input) -> Run {
        Run(Box::pin(async move { self.turn(input).await }))
    }
}

impl<A: Agent> Published<A> {
    async fn turn(&self, input: Input) -> Outcome {
        let Input { endpoint, request, output, run_id, session, clocks } = input;
        let _over = CancelOnDrop(output.clone());
        // The lease is held to the end of the turn; dropping it anywhere is the rollback.
        let lease = match &session {
            Session::Named(key) if A::HAS_MEMORY => {
                Some(self.pool.get_or_create::<A::Memory>(key.clone()).await.map_err(Failure::Session)?)
            }
            Session::Named(_) | Session::Unnamed(_) => None,
        };
        let memory = if let Some(lease) = &lease {
            lease.memory()
        } else {
            let mut memory = A::Memory::default();
            memory.begin(request.earlier_messages());
            memory
        };
        let before = (A::HAS_MEMORY && lease.is_none()).then(|| memory.clone());

        let stream = DataStreamer::of_run(output.clone());
        let context = RunContext {
            run_id: run_id.as_str(),
            session_id: session.key().id().as_str(),
            request: &request,
        };
        let mut instance = Instance::new((self.factory)(&context));
        instance.borrowed().map_err(Failure::Agent)?.bind(memory, stream.clone());

        // The instance is outside the call: it is still here when the call's future is gone.
        output.begin();
        match clocks.watch(&output, A::call(&mut instance, endpoint, request, stream)).await {
            Err(clock) => return Ok(Ending::Expired(clock)),
            Ok(Err(error)) => return Err(Failure::Agent(error)),
            Ok(Ok(())) => {}
        }
        if A::HAS_MEMORY
            && let Some(mut agent) = instance.into_inner()
        {
            let memory = agent.take_memory();
            let changed = before.as_ref().is_some_and(|before| memory.changed(before));
            // What is the user's is dropped before anything is stored: its panic is then a failure like any other,
            // and never one that follows a commit.
            drop((agent, before));
            match lease {
                Some(lease) => lease.commit(memory).map_err(Failure::Session)?,
                None if changed => self.store_unnamed(&session, memory, run_id),
                None => {}
            }
        }
        Ok(Ending::Completed(output.reason()))
    }
}

impl<A: Agent> Published<A> {
    /// Stores the session of a request that named none. Its client does not depend on it: its answer stands whatever
    /// becomes of the session.
    fn store_unnamed(&self, session: &Session, memory: A::Memory, run_id: Identifier) {
        let run_id = run_id.as_str();
        match self.pool.insert_unnamed(session.key().clone(), memory) {
            Ok(true) => {}
            Ok(false) => tracing::debug!(run_id, "a session that no client named found no room"),
            Err(error) => tracing::warn!(run_id, %error, "a session that no client named was not stored"),
        }
    }
}

/// Ends what the method has left running, when the turn is over or dropped.
struct CancelOnDrop(Output);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

/// A run that has begun or can begin. Polling it is running it; a panic inside is an outcome.
pub(crate) struct Run(Pin<Box<dyn Future<Output = Outcome> + Send>>);

impl Future for Run {
    type Output = Outcome;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Outcome> {
        // What unwinds is dropped with the run; nothing of it is looked at again.
        std::panic::catch_unwind(AssertUnwindSafe(|| self.0.as_mut().poll(context)))
            .unwrap_or_else(|panic| Poll::Ready(Err(Failure::Panicked(words(&*panic)))))
    }
}
