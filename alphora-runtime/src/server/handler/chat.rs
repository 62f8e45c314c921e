//! A chat completion, on either surface: from the head of its request to the head of its answer.

use std::fmt::Display;
use std::sync::Arc;

use axum::extract::State;
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body::Body;

use super::super::access::Exchange;
use super::super::application::{Application, ServedEndpoint};
use super::super::courier::Line;
use super::super::extract;
use super::super::idempotency::Repetition;
use super::super::respond::{self, AnswerBody, Identity, Refusal};
use super::turn::{BegunRun, Turn};
use crate::wire::ErrorBody;

/// `POST {path}/chat/completions`, found by a router.
pub(in crate::server) async fn routed_to_agent(
    State((application, endpoint)): State<(Arc<Application>, Arc<ServedEndpoint>)>,
    mut request: axum::extract::Request,
) -> Response<AnswerBody> {
    let line = request.extensions().get::<Line>().cloned();
    chat(&application, Some(&endpoint), &mut request, line.as_ref()).await
}

/// `POST /v1/chat/completions`, found by a router.
pub(in crate::server) async fn routed_to_openai(
    State(application): State<Arc<Application>>,
    mut request: axum::extract::Request,
) -> Response<AnswerBody> {
    let line = request.extensions().get::<Line>().cloned();
    chat(&application, None, &mut request, line.as_ref()).await
}

/// A chat completion of the agent at `endpoint`; without one it is of the agent that `model` names.
pub(in crate::server) async fn chat<B>(
    application: &Arc<Application>,
    endpoint: Option<&ServedEndpoint>,
    request: &mut Request<B>,
    line: Option<&Line>,
) -> Response<AnswerBody>
where
    B: Body<Data = Bytes, Error: Display> + Unpin,
{
    let mut identity = Identity::new();
    let answer = match begin(application, endpoint, request, &mut identity).await {
        Ok(Begun::Run(run)) => answer(run, line).await,
        Ok(Begun::Repetition(repetition)) => Box::pin(repetition.answer(&identity)).await,
        Err(refusal) => Err(refusal),
    };
    answer.unwrap_or_else(|refusal| refusal.into_response(&identity))
}

/// What a request has begun.
#[expect(clippy::large_enum_variant, reason = "nearly every request begins a run")]
enum Begun {
    Run(BegunRun),
    /// Nothing: its answer is there already, or on its way.
    Repetition(Box<Repetition>),
}

/// Reads and checks a request, finds its place, and begins its run.
async fn begin<B>(
    application: &Arc<Application>,
    endpoint: Option<&ServedEndpoint>,
    request: &mut Request<B>,
    identity: &mut Identity,
) -> Result<Begun, Refusal>
where
    B: Body<Data = Bytes, Error: Display> + Unpin,
{
    let caller = application.caller(request.headers(), request.extensions()).await?;
    let exchange = request.extensions().get::<Exchange>().cloned();
    let read = extract::chat_request(application, &caller.owner, request).await?;
    application.start_background();
    let mut turn = Turn::new(application, endpoint, (caller, read), identity)?;
    if turn.has_key()
        && let Some(repetition) = Box::pin(turn.claim(identity)).await?
    {
        return Ok(Begun::Repetition(repetition));
    }
    let permit = application.runs.clone().try_acquire_owned().map_err(|_| overloaded())?;
    let run_id = turn.run_id().map_err(|error| Refusal::internal(&error))?;
    let admitted = application.limiter.admit(turn.caller(), run_id, identity).await?;
    identity.run_id = Some(run_id);
    Ok(Begun::Run(turn.begin(run_id, (permit, admitted), exchange, identity)))
}

/// Carries a run to the head of its answer.
#[expect(clippy::manual_async_fn, reason = "an `async fn` has room for each of its arguments twice")]
fn answer(
    mut run: BegunRun,
    line: Option<&Line>,
) -> impl Future<Output = Result<Response<AnswerBody>, Refusal>> + Send {
    async move {
        match run.kept {
            // Boxed: few ask for it, and every request would have room for it.
            Some(kept) if run.stream => Box::pin(respond::resumable(run.carrier, kept)).await,
            Some(kept) => Box::pin(respond::kept_whole(run.carrier, kept)).await,
            None if run.stream => {
                let heartbeat = respond::begin_stream(&mut run.carrier, run.keep_alive).await?;
                Ok(respond::stream(run.carrier, run.keep_alive, heartbeat, line))
            }
            None => respond::whole(&mut run.carrier).await,
        }
    }
}

fn overloaded() -> Refusal {
    Refusal::new(
        StatusCode::TOO_MANY_REQUESTS,
        ErrorBody::new("rate_limit_error", "the server is running as many requests as it can: try again")
            .with_code("server_overloaded"),
    )
    .retry_after(1)
}
