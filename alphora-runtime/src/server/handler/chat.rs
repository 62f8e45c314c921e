//! A chat completion, on either surface.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use axum::extract::{Request, State};
use axum::response::Response;
use http::StatusCode;

use super::super::admission::BodyShare;
use super::super::application::{Application, ServedEndpoint};
use super::super::respond::{self, Carrier, Identity, Refusal};
use super::super::{extract, negotiate};
use crate::agent::Input;
use crate::random::Identifier;
use crate::stream::{DEFAULT_MODEL_NAME, Output, ResponseHead, Surface, renderer};
use crate::wire::{ErrorBody, OpenAIRequest};

/// `POST {path}/chat/completions`.
pub(in crate::server) async fn chat_on_agent_path(
    State((application, endpoint)): State<(Arc<Application>, Arc<ServedEndpoint>)>,
    request: Request,
) -> Response {
    let mut identity = Identity::new();
    let answer = async {
        let (request, share) = extract::chat_request(&application, request).await?;
        chat(&application, &endpoint, Surface::AgentPath, request, share, &mut identity).await
    }
    .await;
    answer.unwrap_or_else(|refusal| refusal.into_response(&identity))
}

/// `POST /v1/chat/completions`: the agent that `model` names.
pub(in crate::server) async fn chat_on_openai_path(
    State(application): State<Arc<Application>>,
    request: Request,
) -> Response {
    let mut identity = Identity::new();
    let answer = async {
        let (request, share) = extract::chat_request(&application, request).await?;
        let endpoint = application
            .endpoint(request.model.as_deref())
            .ok_or_else(|| unknown_model(request.model.as_deref()))?
            .clone();
        chat(&application, &endpoint, Surface::OpenAi, request, share, &mut identity).await
    }
    .await;
    answer.unwrap_or_else(|refusal| refusal.into_response(&identity))
}

async fn chat(
    application: &Arc<Application>,
    endpoint: &ServedEndpoint,
    surface: Surface,
    mut request: OpenAIRequest,
    share: BodyShare,
    identity: &mut Identity,
) -> Result<Response, Refusal> {
    application.start_background();
    negotiate::check_model(&request).map_err(|error| Refusal::bad_request(&error))?;
    let session = negotiate::session(application, endpoint, &mut request)
        .map_err(|error| Refusal::internal(&error))?
        .map_err(|error| Refusal::bad_request(&error))?;
    request.stream = negotiate::wants_stream(surface, &request, endpoint.default_stream);
    if application.is_draining() {
        return Err(Refusal::shutting_down());
    }
    let permit = application.runs.clone().try_acquire_owned().map_err(|_| overloaded())?;

    let run_id = Identifier::new("cmpl-").map_err(|error| Refusal::internal(&error))?;
    identity.run_id = Some(run_id);
    // An agent without a memory has no session to announce; one that the client named is confirmed.
    if endpoint.has_memory || request.session_id.is_some() {
        identity.session_id = Some(session.key().id().clone());
    }
    let head = ResponseHead {
        id: run_id,
        created: SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs(),
        model: match (&request.model, surface) {
            (Some(model), _) => model.clone(),
            (None, Surface::OpenAi) => endpoint.endpoint.name.clone(),
            (None, Surface::AgentPath) => DEFAULT_MODEL_NAME.to_owned(),
        },
    };
    let stream = request.stream;
    let output = Output::new(renderer(surface, stream, request.include_usage(), &head));
    let run = endpoint.runnable.clone().run(Input {
        endpoint: endpoint.index,
        request,
        output: output.clone(),
        run_id,
        session,
        clocks: endpoint.clocks,
    });
    let tracked = application.track(run_id, &output);
    let carrier = Carrier::new(run, output, (tracked, permit, share), identity);
    if stream { respond::stream(carrier, endpoint.keep_alive).await } else { respond::whole(carrier).await }
}

fn overloaded() -> Refusal {
    Refusal::new(
        StatusCode::TOO_MANY_REQUESTS,
        ErrorBody::new("rate_limit_error", "the server is running as many requests as it can: try again")
            .with_code("server_overloaded"),
    )
    .retry_after(1)
}

fn unknown_model(model: Option<&str>) -> Refusal {
    let message = match model {
        Some(model) => format!(
            "the model `{}` does not exist: `GET models` lists the agents that are served here",
            model.chars().take(64).collect::<String>().escape_default()
        ),
        None => "several agents are served here: name one in `model`; `GET models` lists them".to_owned(),
    };
    Refusal::new(
        StatusCode::NOT_FOUND,
        ErrorBody::new("invalid_request_error", message).with_param("model").with_code("model_not_found"),
    )
}
