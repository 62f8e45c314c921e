//! A model behind a server's chat completions.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use reqwest::Client;
use reqwest::header::HeaderMap;

use super::address::Address;
use super::answer::Answer;
use super::attempt::Attempt;
use super::body::body_of;
use super::clocks::{Clock, Clocks, Deadline};
use super::dialect::Known;
use super::failure::{Failure, Next};
use super::retry::{Budget, RetryPolicy, jitter, pause};
use crate::model::think::ThinkTags;
use crate::model::{ChatModel, ChatRequest, ModelError, ModelStream};
use crate::secret::Redaction;

/// A model behind a server's chat completions. It is asked until it begins to answer, and never again after that.
pub(super) struct Completions {
    pub(super) client: Client,
    pub(super) address: Address,
    /// The key is among them.
    pub(super) headers: HeaderMap,
    pub(super) policy: RetryPolicy,
    /// `None` takes retries out of the process's.
    pub(super) own_budget: Option<Budget>,
    pub(super) dialect: Known,
    pub(super) peer: Arc<Peer>,
}

/// What an answer has to know of the server that it comes from.
#[derive(Clone)]
pub(super) struct Peer {
    pub(super) model: String,
    /// Scheme, host and port.
    pub(super) origin: String,
    pub(super) redaction: Redaction,
    pub(super) clocks: Clocks,
    pub(super) think_tags: ThinkTags,
}

impl Peer {
    /// The same error without any secret that the server has repeated.
    pub(super) fn clean(&self, error: ModelError) -> ModelError {
        let (message, code) = (error.to_string(), error.code().map(str::to_owned));
        let clean = self.redaction.apply(&message);
        let clean_code = code.as_deref().map(|code| self.redaction.apply(code).into_owned());
        if clean == message && clean_code == code {
            return error;
        }
        let mut rewritten = ModelError::new(error.kind(), clean);
        if let Some(code) = clean_code {
            rewritten = rewritten.with_code(code);
        }
        if let Some(status) = error.status() {
            rewritten = rewritten.with_status(status);
        }
        match error.retry_after() {
            Some(wait) => rewritten.with_retry_after(wait),
            None => rewritten,
        }
    }
}

impl Completions {
    /// Asks until there is an answer, or a reason to give up.
    async fn ask(&self, request: &ChatRequest) -> Result<Answer, ModelError> {
        let total = Deadline::of(Clock::Total, self.peer.clocks.total);
        self.budget().deposit();
        let (mut number, mut retries) = (0_u32, 0);
        let mut dialect = self.dialect.get();
        loop {
            let attempt = Attempt {
                model: self,
                body: body_of(request, &self.peer.model, dialect)?.into(),
                options: &request.options,
                dialect,
                total,
            };
            number += 1;
            let failure = match attempt.run().await {
                Ok(answer) => {
                    self.dialect.answered(dialect, &self.peer.model);
                    tracing::debug!(model = self.peer.model, attempt = number, "the model begins to answer");
                    return Ok(answer);
                }
                Err(failure) => failure,
            };
            let Failure { error, next } = &failure;
            let status = error.status();
            tracing::debug!(model = self.peer.model, attempt = number, status, kind = ?error.kind(), ?next, "no answer");
            match next {
                Next::Ask(other) => dialect = *other,
                Next::Retry if retries < self.policy.retries => {
                    self.wait(retries, &failure, &total).await?;
                    retries += 1;
                }
                _ => return Err(failure.error),
            }
        }
    }

    fn budget(&self) -> &Budget {
        match &self.own_budget {
            Some(budget) => budget,
            None => Budget::of_process(),
        }
    }

    /// Waits before retry `number`, or gives up.
    async fn wait(&self, number: u32, failure: &Failure, total: &Deadline) -> Result<(), ModelError> {
        let error = &failure.error;
        let pause = pause(&self.policy, number, error.retry_after(), jitter());
        // What cannot be waited for takes nothing out of the budget.
        match pause.filter(|pause| total.allows(*pause) && self.budget().withdraw()) {
            Some(pause) => {
                tokio::time::sleep(pause).await;
                Ok(())
            }
            None => Err(error.clone()),
        }
    }
}

/// Host and port of the server that `model` is behind, if it is a model of this sort.
pub(in crate::model) fn server_of(model: &dyn Any) -> Option<(&str, u16)> {
    model.downcast_ref::<Completions>().and_then(|model| model.address.server())
}

impl ChatModel for Completions {
    fn name(&self) -> &str {
        &self.peer.model
    }

    async fn chat(&self, request: &ChatRequest) -> Result<ModelStream, ModelError> {
        Ok(self.ask(request).await?.into_stream())
    }
}

/// Where and which, never with which key.
impl fmt::Debug for Completions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Completions")
            .field("model", &self.peer.model)
            .field("origin", &self.peer.origin)
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}
