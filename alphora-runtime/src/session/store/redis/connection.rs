//! One connection for everybody, made when it is first needed, and anew when it is of no more use.

use std::sync::{Mutex, MutexGuard, PoisonError};

use redis::{Cmd, Value};
use tokio::time::{Instant, timeout_at};

use super::failure::Failure;
use super::script::Script;
use super::target::{Target, Wire};
use super::timing::{ANSWER, CHANCE, CONNECT, REST, SHORTEST_REST};

/// A connection to a target, shared by all callers.
#[derive(Debug)]
pub(super) struct Connection {
    target: Target,
    state: Mutex<State>,
    /// Held by whoever makes a connection, so that one is made at a time.
    connecting: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct State {
    current: Option<Made>,
    /// How many connections were made.
    made: u64,
    rest: Option<Rest>,
}

/// What the server has answered.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) value: Value,
    /// Whether the server was asked before, and the connection ended without an answer. Then it may have done already
    /// what it was asked for, and this is its answer to the repetition.
    pub(super) is_repeated: bool,
}

/// A connection that was made.
#[derive(Clone)]
struct Made {
    number: u64,
    wire: Wire,
    at: Instant,
}

/// For a while after a failure, nobody tries to connect.
struct Rest {
    until: Instant,
    reason: String,
    failures: u32,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State")
            .field("is_connected", &self.current.is_some())
            .field("made", &self.made)
            .finish_non_exhaustive()
    }
}

impl Connection {
    pub(super) fn new(target: Target) -> Self {
        Self { target, state: Mutex::default(), connecting: tokio::sync::Mutex::new(()) }
    }

    pub(super) fn target(&self) -> &Target {
        &self.target
    }

    /// Runs a script, which the server keeps once it has seen it.
    pub(super) async fn run(
        &self,
        script: &Script,
        keys: &[&str],
        arguments: &[&[u8]],
    ) -> Result<Answer, Failure> {
        let deadline = Instant::now() + ANSWER;
        let mut is_repeated = false;
        let value = match self.ask_until(&script.by_name(keys, arguments), deadline, &mut is_repeated).await {
            // A server that was restarted, or has become the primary. Sent with its code, the script goes where its
            // keys are, and to no other node of a cluster, which may be down. That server has not done it, but one
            // that was asked before may have.
            Err(failure) if failure.is_unknown_script() => {
                self.ask_until(&script.by_code(keys, arguments), deadline, &mut is_repeated).await?
            }
            answer => answer?,
        };
        Ok(Answer { value, is_repeated })
    }

    /// Sends a command and gives the answer, both within bounded time. What is sent must be of the kind that does no
    /// harm when it is done twice: it is sent once more if the connection turns out to be closed.
    pub(super) async fn ask(&self, command: &Cmd) -> Result<Value, Failure> {
        self.ask_until(command, Instant::now() + ANSWER, &mut false).await
    }

    async fn ask_until(
        &self,
        command: &Cmd,
        deadline: Instant,
        is_repeated: &mut bool,
    ) -> Result<Value, Failure> {
        match self.ask_once(command, deadline, is_repeated).await {
            Err(failure) if failure.is_closed_connection() => {
                *is_repeated = true;
                self.ask_once(command, deadline, is_repeated).await
            }
            answer => answer,
        }
    }

    async fn ask_once(
        &self,
        command: &Cmd,
        deadline: Instant,
        is_repeated: &mut bool,
    ) -> Result<Value, Failure> {
        let made = timeout_at(deadline, self.made()).await.unwrap_or(Err(Failure::Late(ANSWER)))?;
        let mut wire = made.wire.clone();
        let failure = match timeout_at(deadline, wire.send(command, is_repeated)).await {
            Ok(Ok(value)) => return Ok(value),
            Ok(Err(error)) => Failure::Redis(error),
            Err(_) => Failure::Late(ANSWER),
        };
        self.judge(&made, &failure);
        Err(failure)
    }

    /// The connection; made now if there is none.
    async fn made(&self) -> Result<Made, Failure> {
        if let Some(made) = self.current()? {
            return Ok(made);
        }
        let _one = self.connecting.lock().await;
        if let Some(made) = self.current()? {
            return Ok(made);
        }
        let connected = tokio::time::timeout(CONNECT, self.target.connect()).await;
        let mut state = self.state();
        match connected {
            Ok(Ok(wire)) => {
                state.made += 1;
                state.rest = None;
                let made = Made { number: state.made, wire, at: Instant::now() };
                state.current = Some(made.clone());
                Ok(made)
            }
            failed => {
                let failure = match failed {
                    Ok(Err(error)) => Failure::Redis(error),
                    _ => Failure::Late(CONNECT),
                };
                let failures = state.rest.as_ref().map_or(0, |rest| rest.failures);
                let rest = SHORTEST_REST.saturating_mul(1 << failures.min(5)).min(REST);
                let until = Instant::now() + rest;
                state.rest =
                    Some(Rest { until, reason: failure.reason(), failures: failures.saturating_add(1) });
                Err(failure)
            }
        }
    }

    /// The connection, if there is one; an error while the server is left alone.
    fn current(&self) -> Result<Option<Made>, Failure> {
        let state = self.state();
        if let Some(made) = &state.current {
            return Ok(Some(made.clone()));
        }
        match &state.rest {
            Some(rest) if rest.until > Instant::now() => Err(Failure::Resting {
                reason: rest.reason.clone(),
                retry_after: rest.until.saturating_duration_since(Instant::now()),
            }),
            _ => Ok(None),
        }
    }

    /// Lets go of a connection that is of no more use. Who uses it still does so to the end.
    fn judge(&self, made: &Made, failure: &Failure) {
        if !failure.spoils_connection() {
            return;
        }
        // A cluster's connection is many, and mends itself; and silence may be a slow server's.
        let may_mend = self.target.is_cluster() || !failure.is_closed_connection();
        if may_mend && made.at.elapsed() < CHANCE {
            return;
        }
        let mut state = self.state();
        if state.current.as_ref().is_some_and(|current| current.number == made.number) {
            state.current = None;
            tracing::debug!(reason = failure.reason(), "the connection to redis is given up");
        }
    }

    /// Lets go of the connection. It ends when its last user is done.
    pub(super) fn close(&self) {
        let mut state = self.state();
        state.current = None;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
