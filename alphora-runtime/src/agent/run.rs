//! One run: acquire the session, call the method, commit what it remembers. Whoever carries it says farewell.
//!
//! The order is the promise. A run commits only after its method has returned well, and it is over only after
//! the commit: so the last byte can never be sent for a turn that is not stored, and a run that fails, panics,
//! expires, is interrupted or dropped leaves its session as it was. Where the policies say that the memory of a run
//! that did not end well is kept, it is committed in the same place, as its method left it; never after a panic.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use serde_json::value::{RawValue, to_raw_value};

use super::clocks::{Clock, Clocks, Cut};
use super::interruptible::unless_interrupted;
use super::traced::OpenSpan;
use super::{Agent, Instance, OnFailure, Policies, Run, RunContext};
use crate::error::AgentError;
use crate::panic::words;
use crate::random::Identifier;
use crate::session::store::Record;
use crate::session::{
    Claim, Lease, Memory, MemoryPool, Preempt, SessionError, SessionKey, TurnHandle, decode,
};
use crate::stream::{DataStreamer, FinishReason, Interruption, Output};
use crate::wire::OpenAIRequest;

/// How a run ended well enough for an answer.
#[derive(Debug, PartialEq)]
pub(crate) enum Ending {
    /// The method returned and its memory is stored.
    Completed(FinishReason),
    /// A clock expired.
    Expired(Clock),
}

/// How a run ended without an answer.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The method returned an error.
    Agent(AgentError),
    /// The method, or something else of the user's, panicked.
    Panicked(String),
    /// The session could not be had or kept.
    Session(SessionError),
    /// It was ended from outside.
    Interrupted(Interruption),
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
    pub(crate) policies: Policies,
    /// Knows this run, by the number of its id, and those whose place it may take.
    pub(crate) runs: Arc<dyn Preempt>,
}

/// An agent of any type, as the server knows it.
pub(crate) trait Runnable: Send + Sync + 'static {
    /// A run of the agent. Nothing happens before it is polled; dropping it is cancelling it.
    fn run(self: Arc<Self>, input: Input) -> Run;

    /// What is stored of a session of the agent, as its memory is written.
    ///
    /// # Errors
    /// [`SessionError::Unreadable`] or [`SessionError::Unwritable`].
    fn export(&self, record: &Record) -> Result<Box<RawValue>, SessionError>;
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
        let span = OpenSpan::of(&input.output);
        Run::new(self.turn(input), span)
    }

    fn export(&self, record: &Record) -> Result<Box<RawValue>, SessionError> {
        let export = || {
            let memory: A::Memory = decode(record)?;
            to_raw_value(&memory).map_err(|error| SessionError::Unwritable { reason: error.to_string() })
        };
        // How a memory is read and written is the user's code.
        catch_unwind(AssertUnwindSafe(export)).unwrap_or_else(|panic| {
            Err(SessionError::Unreadable { reason: format!("reading it panicked: {}", words(&*panic)) })
        })
    }
}

impl<A: Agent> Published<A> {
    // What the input holds is used where it is: taken apart, it would be twice in the run's memory as well.
    #[expect(clippy::manual_async_fn, reason = "an `async fn` has room for each of its arguments twice")]
    fn turn(self: Arc<Self>, input: Input) -> impl Future<Output = Outcome> + Send {
        async move {
            let _over = CancelOnDrop(input.output.clone());
            // The lease is held to the end of the turn; dropping it anywhere is the rollback.
            let lease = match &input.session {
                Session::Named(key) if A::HAS_MEMORY => {
                    let handle = TurnHandle { turns: input.runs.clone(), number: input.run_id.bits() };
                    let claim = Claim { concurrency: input.policies.concurrency, handle: Some(handle) };
                    // Boxed: few runs wait for a session, and all would have room for it.
                    let lending = Box::pin(self.pool.lend::<A::Memory>(key.clone(), claim));
                    let lent = unless_interrupted(&input.output, lending).await;
                    Some(lent.map_err(Failure::Interrupted)?.map_err(Failure::Session)?)
                }
                Session::Named(_) | Session::Unnamed(_) => None,
            };
            let memory = if let Some(lease) = &lease {
                lease.memory()
            } else {
                let mut memory = A::Memory::default();
                memory.begin(input.request.earlier_messages());
                memory
            };
            let before = (A::HAS_MEMORY && lease.is_none()).then(|| memory.clone());

            let stream = DataStreamer::of_run(input.output.clone());
            let mut instance = Instance::new((self.factory)(&RunContext {
                run_id: input.run_id.as_str(),
                session_id: input.session.key().id().as_str(),
                request: &input.request,
            }));
            instance.borrowed().map_err(Failure::Agent)?.bind(memory, stream.clone());

            // The instance is outside the call: it is still here when the call's future is gone.
            input.output.begin();
            let ended = {
                let mut call = pin!(A::call(&mut instance, input.endpoint, input.request, stream));
                input.clocks.watch(&input.run_id, &input.output, call.as_mut()).await
            };
            input.output.settle();
            let place = Place { lease, before, session: input.session, run_id: input.run_id };
            let outcome = match ended {
                Ok(Ok(())) => {
                    if let Some(left) = taken_back(instance, place, |_| {}) {
                        self.store(left).await.map_err(Failure::Session)?;
                    }
                    return Ok(Ending::Completed(input.output.reason()));
                }
                Ok(Err(error)) => Err(Failure::Agent(error)),
                Err(Cut::Expired(clock)) => Ok(Ending::Expired(clock)),
                Err(Cut::Interrupted(why)) => Err(Failure::Interrupted(why)),
            };
            let kept = match outcome {
                Err(Failure::Interrupted(Interruption::Superseded { keep })) => keep,
                _ => input.policies.on_failure == OnFailure::Keep,
            };
            if kept {
                // Boxed: few runs end so.
                Box::pin(self.keep(instance, place)).await;
            }
            outcome
        }
    }

    /// Stores what the instance of a run remembers that did not end well. How the run ended is told in any case;
    /// that this went wrong as well is for the log.
    async fn keep(&self, instance: Instance<A>, place: Place<A::Memory>) {
        let run_id = place.run_id;
        // What unwinds is gone; nothing of it is looked at again.
        let left = catch_unwind(AssertUnwindSafe(|| taken_back(instance, place, Memory::settle)));
        let stored = match left {
            Ok(Some(left)) => {
                // Storing runs code of the user's as well: how a memory is written.
                let mut storing = pin!(self.store(left));
                poll_fn(|context| {
                    catch_unwind(AssertUnwindSafe(|| storing.as_mut().poll(context)))
                        .map_or_else(|panic| Poll::Ready(Err(panic)), |polled| polled.map(Ok))
                })
                .await
            }
            Ok(None) => Ok(Ok(())),
            Err(panic) => Err(panic),
        };
        log_unkept(&run_id, stored);
    }

    /// Stores what a run has left. The session of a request that named none is stored too: its client does not depend on
    /// it, so its answer stands whatever becomes of the session.
    #[expect(clippy::manual_async_fn, reason = "an `async fn` has room for each of its arguments twice")]
    fn store(&self, left: Left<A::Memory>) -> impl Future<Output = Result<(), SessionError>> + Send {
        async move {
            match left.lease {
                Some(lease) => lease.commit(left.memory).await,
                None if left.changed => {
                    let stored = self.pool.insert_unnamed(left.session.key().clone(), left.memory).await;
                    log_unstored(&left.run_id, stored);
                    Ok(())
                }
                None => Ok(()),
            }
        }
    }
}

/// Takes the memory back from an instance, if there is one to store.
fn taken_back<A: Agent>(
    instance: Instance<A>,
    place: Place<A::Memory>,
    settle: impl FnOnce(&mut A::Memory),
) -> Option<Left<A::Memory>> {
    let Place { lease, before, session, run_id } = place;
    let mut agent = instance.into_inner().filter(|_| A::HAS_MEMORY)?;
    let mut memory = agent.take_memory();
    settle(&mut memory);
    let changed = before.as_ref().is_some_and(|before| memory.changed(before));
    // What is the user's is dropped before anything is stored: its panic is then a failure like any other, and never
    // one that follows a commit.
    drop((agent, before));
    Some(Left { memory, lease, session, run_id, changed })
}

// These two know no agent's type, so that they are compiled once.

fn log_unkept(run_id: &Identifier, stored: std::thread::Result<Result<(), SessionError>>) {
    let run_id = run_id.as_str();
    match stored {
        Ok(Ok(())) => {}
        Ok(Err(error)) => {
            tracing::warn!(run_id, %error, "the memory of a run that did not end well was not kept");
        }
        Err(panic) => {
            let panic = words(&*panic);
            tracing::error!(run_id, panic, "the memory of a run that did not end well was not kept");
        }
    }
}

fn log_unstored(run_id: &Identifier, stored: Result<bool, SessionError>) {
    let run_id = run_id.as_str();
    match stored {
        Ok(true) => {}
        Ok(false) => tracing::debug!(run_id, "a session that no client named found no room"),
        Err(error) => tracing::warn!(run_id, %error, "a session that no client named was not stored"),
    }
}

/// Where the memory of a turn goes.
struct Place<M> {
    /// The session that the request named.
    lease: Option<Lease<M>>,
    /// What the memory of a request that named none was at first.
    before: Option<M>,
    session: Session,
    run_id: Identifier,
}

/// What a method has left to store.
struct Left<M> {
    memory: M,
    lease: Option<Lease<M>>,
    session: Session,
    run_id: Identifier,
    /// Whether the memory of a request that named no session is worth a session.
    changed: bool,
}

/// Ends what the method has left running, when the turn is over or dropped.
struct CancelOnDrop(Output);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.cancel();
    }
}
