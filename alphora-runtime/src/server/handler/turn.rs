//! What a chat completion asks for, and the run that it begins.

use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;
use tokio::sync::OwnedSemaphorePermit;

use super::super::access::{Exchange, SessionForLog};
use super::super::application::{Application, ServedEndpoint};
use super::super::authentication::Caller;
use super::super::extract::ChatRequest;
use super::super::idempotency::{self, Claim, Claimed, Repetition};
use super::super::limits::Admitted;
use super::super::negotiate;
use super::super::respond::{Carrier, Identity, KeptRun, Refusal, Terms};
use crate::agent::{Input, Policies, Session};
use crate::clock::unix_now;
use crate::error::Error;
use crate::random::Identifier;
use crate::session::store::RunKey;
use crate::shown::beginning;
use crate::stream::{DEFAULT_MODEL_NAME, Output, ResponseHead, Surface, renderer};
use crate::telemetry::{self, RunDetails, RunSpan};
use crate::wire::{ErrorBody, OpenAIRequest};

/// A request that can be served, as long as there is room.
pub(super) struct Turn<'a> {
    application: &'a Arc<Application>,
    endpoint: &'a ServedEndpoint,
    surface: Surface,
    caller: Caller,
    read: ChatRequest,
    session: Session,
    policies: Policies,
    /// The client may come back for the rest of its stream.
    resumable: bool,
    /// The request's key, once it belongs to this turn.
    claim: Option<Box<Claim>>,
}

/// A run under way, and how it is answered.
pub(super) struct BegunRun {
    pub(super) carrier: Carrier,
    pub(super) stream: bool,
    pub(super) keep_alive: Duration,
    /// Set for a run that goes on without its client. Boxed: few do.
    pub(super) kept: Option<Box<KeptRun>>,
}

impl<'a> Turn<'a> {
    /// Checks what is asked of the agent at `endpoint`, or without one of the agent that `model` names, and notes in
    /// `identity` which session the answer is to announce.
    pub(super) fn new(
        application: &'a Arc<Application>,
        endpoint: Option<&'a ServedEndpoint>,
        (caller, mut read): (Caller, ChatRequest),
        identity: &mut Identity,
    ) -> Result<Self, Refusal> {
        let ChatRequest { request, key, .. } = &mut read;
        let (endpoint, surface) = match endpoint {
            Some(endpoint) => (endpoint, Surface::AgentPath),
            None => (named_endpoint(application, request.model.as_deref())?, Surface::OpenAi),
        };
        caller.check(endpoint)?;
        if let Some(principal) = &caller.principal {
            request.attach_principal(principal.clone());
        }
        let session = negotiate::session(application, endpoint, &caller.owner, request)?;
        // An agent without a memory has no session to announce; one that the client named is confirmed.
        if endpoint.has_memory || request.session_id.is_some() {
            identity.session_id = Some(session.key().id().clone());
        }
        negotiate::check_model(request)?;
        negotiate::check_bounds(request, application.server.max_messages)?;
        let mut policies = negotiate::policies(endpoint.policies, request)?;
        request.stream = negotiate::wants_stream(surface, request, endpoint.default_stream);
        let resumable = negotiate::resumable(request, &mut policies)?;
        if key.is_some() {
            negotiate::repeatable(request, &mut policies)?;
        }
        if application.is_draining() {
            return Err(Refusal::shutting_down());
        }
        Ok(Self { application, endpoint, surface, caller, read, session, policies, resumable, claim: None })
    }

    pub(super) fn has_key(&self) -> bool {
        self.read.key.is_some()
    }

    /// Claims the request's key for this turn, unless an earlier one has it: then that one's answer is repeated.
    pub(super) async fn claim(&mut self, identity: &Identity) -> Result<Option<Box<Repetition>>, Refusal> {
        let Some(key) = &self.read.key else { return Ok(None) };
        let asked = idempotency::Asked {
            endpoint: self.endpoint,
            surface: self.surface,
            caller: &self.caller,
            session: &self.session,
            announces: identity.session_id.is_some(),
            stream: self.read.request.stream,
            comes_back: self.resumable,
        };
        match idempotency::claim(self.application, &asked, key).await? {
            Claimed::First(first) => {
                self.claim = Some(first);
                Ok(None)
            }
            Claimed::Again(repetition) => Ok(Some(repetition)),
        }
    }

    /// The id of the run: that of the claim, or a new one.
    pub(super) fn run_id(&self) -> Result<Identifier, Error> {
        self.claim.as_ref().map_or_else(|| Identifier::new("cmpl-"), |claim| Ok(claim.run_id))
    }

    pub(super) fn caller(&self) -> &Caller {
        &self.caller
    }

    /// Begins the run, whose id is in `identity`.
    pub(super) fn begin(
        self,
        run_id: Identifier,
        (permit, mut admitted): (OwnedSemaphorePermit, Admitted),
        exchange: Option<Exchange>,
        identity: &Identity,
    ) -> BegunRun {
        let Self { application, endpoint, surface, session, policies, resumable, claim, .. } = self;
        let (caller, ChatRequest { request, share, .. }) = (self.caller, self.read);
        let (stream, owner) = (request.stream, caller.owner);
        let head = ResponseHead {
            id: run_id,
            created: unix_now(),
            model: match (&request.model, surface) {
                (Some(model), _) => model.clone(),
                (None, Surface::OpenAi) => endpoint.endpoint.name.clone(),
                (None, Surface::AgentPath) => DEFAULT_MODEL_NAME.to_owned(),
            },
        };
        let output = Output::new(renderer(surface, stream, request.include_usage(), head));
        watch_run(&output, endpoint, identity, run_id, &request, (exchange.as_ref(), owner.name().is_some()));
        admitted.watch(&output);
        let run = endpoint.runnable.clone().run(Input {
            endpoint: endpoint.index,
            request,
            output: output.clone(),
            run_id,
            session,
            clocks: endpoint.clocks,
            policies,
            runs: application.clone(),
        });
        let kept = (resumable || claim.is_some()).then(|| {
            Box::new(KeptRun {
                application: application.clone(),
                run: RunKey { agent: endpoint.sessions.clone(), owner: owner.clone(), run: run_id.bits() },
                terms: Terms {
                    keep_alive: endpoint.keep_alive,
                    longest: endpoint.clocks.total,
                    comes_back: resumable,
                    claim: claim.map(|claim| Arc::new(*claim)),
                },
            })
        });
        let tracked = application.track(run_id, endpoint, owner, &output, exchange);
        let carrier = Carrier::new(run, output, (tracked, permit, share, admitted), identity, policies);
        BegunRun { carrier, stream, keep_alive: endpoint.keep_alive, kept }
    }
}

/// Has those told of a run who count it and who trace it. Where sessions are nobody's, they have no business in a log.
fn watch_run(
    output: &Output,
    endpoint: &ServedEndpoint,
    identity: &Identity,
    run_id: Identifier,
    request: &OpenAIRequest,
    (exchange, is_owned): (Option<&Exchange>, bool),
) {
    // The session as a log may have it, where anybody listens at all.
    let is_off = telemetry::is_off();
    let session_for_log = (!is_off)
        .then(|| identity.session_id.as_ref().map(|id| SessionForLog::new(id.as_str(), is_owned)))
        .flatten();
    if let Some(exchange) = exchange {
        exchange.note_run(identity, session_for_log.clone());
    }
    output.observe(endpoint.metrics.clone());
    // Writing the ids out costs more than everything else here.
    if !is_off {
        output.trace(RunSpan::begin(&RunDetails {
            agent: &endpoint.endpoint.name,
            request_id: identity.request_id.as_str(),
            run_id: run_id.as_str(),
            session_id: session_for_log.as_ref().map(SessionForLog::as_str),
            request,
        }));
    }
}

fn named_endpoint<'a>(
    application: &'a Application,
    model: Option<&str>,
) -> Result<&'a ServedEndpoint, Refusal> {
    application.endpoint(model).map(|endpoint| &**endpoint).ok_or_else(|| unknown_model(model))
}

fn unknown_model(model: Option<&str>) -> Refusal {
    let message = match model {
        Some(model) => format!(
            "the model `{}` does not exist: `GET models` lists the agents that are served here",
            beginning(model).escape_default()
        ),
        None => "several agents are served here: name one in `model`; `GET models` lists them".to_owned(),
    };
    Refusal::new(
        StatusCode::NOT_FOUND,
        ErrorBody::new("invalid_request_error", message).with_param("model").with_code("model_not_found"),
    )
}
