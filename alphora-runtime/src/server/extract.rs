//! From a request's body to an `OpenAIRequest`, with OpenAI's errors.

use std::fmt::Display;
use std::pin::pin;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, HeaderValue, Request, StatusCode, header};
use http_body::Body;
use http_body_util::BodyExt;

use super::admission::{BodyShare, Spent};
use super::application::Application;
use super::idempotency::{Keyed, keyed};
use super::in_time::in_time;
use super::packed_headers::PackedHeaders;
use super::respond::Refusal;
use crate::session::Owner;
use crate::wire::{ErrorBody, Headers, OpenAIRequest};

/// A chat completion's request as it was sent.
pub(super) struct ChatRequest {
    pub(super) request: OpenAIRequest,
    /// What it takes of the budget for bodies, to be kept as long as the request is.
    pub(super) share: BodyShare,
    pub(super) key: Option<Box<Keyed>>,
}

/// Reads and parses the body of a chat completion of `owner`, and its key if it has one. Takes what the head holds: it is a part of the
/// connection's buffer, which hyper can use again once nobody has any of it.
pub(super) async fn chat_request<B>(
    application: &Application,
    owner: &Owner,
    request: &mut Request<B>,
) -> Result<ChatRequest, Refusal>
where
    B: Body<Data = Bytes, Error: Display> + Unpin,
{
    check_media_type(request.headers())?;
    let mut share = application.bodies.share(owner);
    let limit = application.server.body_timeout;
    let bytes = {
        let body = pin!(read(application, request.body_mut(), &mut share));
        in_time(limit, body).await.ok_or_else(|| too_slow(limit))??
    };
    let headers = std::mem::take(request.headers_mut());
    // A router keeps another copy of the target among the extensions.
    drop((std::mem::take(request.uri_mut()), std::mem::take(request.extensions_mut())));
    let mut request = OpenAIRequest::from_slice(&bytes)?;
    let key = keyed(&headers, &bytes)?;
    request.attach_headers(Headers::new(PackedHeaders::new(&headers)));
    Ok(ChatRequest { request, share, key })
}

/// Only JSON: a form or plain text needs no permission from a browser, so that any page could send one to a
/// server on this machine.
fn check_media_type(headers: &HeaderMap) -> Result<(), Refusal> {
    let given = headers.get(header::CONTENT_TYPE).map_or(&[][..], HeaderValue::as_bytes);
    let essence = given.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii();
    let coded = headers.get(header::CONTENT_ENCODING).is_some_and(|coding| coding != "identity");
    let wrong = if !essence.eq_ignore_ascii_case(b"application/json") {
        "the body has to be JSON: send `Content-Type: application/json`"
    } else if coded {
        "the body has to be sent as it is: leave `Content-Encoding` out"
    } else {
        return Ok(());
    };
    Err(Refusal::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ErrorBody::new("invalid_request_error", wrong).with_code("unsupported_media_type"),
    ))
}

async fn read<B>(application: &Application, body: &mut B, share: &mut BodyShare) -> Result<Bytes, Refusal>
where
    B: Body<Data = Bytes, Error: Display> + Unpin,
{
    let limit = application.server.body_limit;
    if body.size_hint().lower() > limit as u64 {
        return Err(too_large(limit));
    }
    let mut collected: Option<BytesMut> = None;
    let mut first = Bytes::new();
    // One that is complete is not asked for its end: hyper would answer that in another turn of the connection.
    while !body.is_end_stream()
        && let Some(frame) = body.frame().await
    {
        let frame = frame.map_err(|error| {
            Refusal::new(
                StatusCode::BAD_REQUEST,
                ErrorBody::new("invalid_request_error", format!("the body could not be read: {error}"))
                    .with_code("invalid_body"),
            )
        })?;
        let Ok(data) = frame.into_data() else { continue };
        let length = collected.as_ref().map_or(first.len(), BytesMut::len) + data.len();
        if length > limit {
            return Err(too_large(limit));
        }
        // Only of what is here: what was announced and has not come takes nothing from others.
        take_share(application, share, length)?;
        match &mut collected {
            Some(bytes) => bytes.extend_from_slice(&data),
            // Most bodies are one frame, which then is not copied.
            None if first.is_empty() => first = data,
            None => {
                let mut bytes = BytesMut::with_capacity(length * 2);
                bytes.extend_from_slice(&first);
                bytes.extend_from_slice(&data);
                collected = Some(bytes);
            }
        }
    }
    Ok(collected.map_or(first, BytesMut::freeze))
}

fn take_share(application: &Application, share: &mut BodyShare, bytes: usize) -> Result<(), Refusal> {
    let (words, code) = match application.bodies.grow(share, bytes) {
        Ok(()) => return Ok(()),
        Err(Spent::All) => {
            ("the server is reading as many request bodies as it can hold: try again", "server_overloaded")
        }
        Err(Spent::Owner) => (
            "the requests of this API key that are under way have as many bytes as the server holds of one caller: \
             try again when one of them has ended",
            "rate_limit_exceeded",
        ),
    };
    let body = ErrorBody::new("rate_limit_error", words).with_code(code);
    Err(Refusal::new(StatusCode::TOO_MANY_REQUESTS, body).retry_after(1))
}

fn too_slow(limit: Duration) -> Refusal {
    Refusal::new(
        StatusCode::REQUEST_TIMEOUT,
        ErrorBody::new("invalid_request_error", format!("the body took longer than {limit:?} to arrive"))
            .with_code("request_timeout"),
    )
}

fn too_large(limit: usize) -> Refusal {
    Refusal::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        ErrorBody::new(
            "invalid_request_error",
            format!("the body is larger than {limit} bytes, the server's limit"),
        )
        .with_code("request_too_large"),
    )
}
