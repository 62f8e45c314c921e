//! From a request's body to an `OpenAIRequest`, with OpenAI's errors.

use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use bytes::{Bytes, BytesMut};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use http_body::Body as _;
use http_body_util::BodyExt;
use tokio::time::timeout;

use super::admission::BodyShare;
use super::application::Application;
use super::respond::Refusal;
use crate::wire::{ErrorBody, HeaderSource, Headers, OpenAIRequest};

/// How long a client may take to send a body.
const BODY_TIMEOUT: Duration = Duration::from_secs(60);

/// A body that comes without a length takes its share of the budget in steps of this size.
const STEP: usize = 64 * 1024;

/// Reads and parses a chat completion's body. The share of the budget is to be kept as long as the request is.
pub(super) async fn chat_request(
    application: &Application,
    request: Request,
) -> Result<(OpenAIRequest, BodyShare), Refusal> {
    let (Parts { headers, .. }, body) = request.into_parts();
    check_media_type(&headers)?;
    let mut share = BodyShare::default();
    let bytes =
        timeout(BODY_TIMEOUT, read(application, body, &mut share)).await.map_err(|_| too_slow())??;
    let mut request = OpenAIRequest::from_slice(&bytes).map_err(|error| Refusal::bad_request(&error))?;
    request.attach_headers(Headers::new(HeaderView(headers)));
    Ok((request, share))
}

/// Only JSON: a form or plain text needs no permission from a browser, so that any page could send one to a
/// server on this machine.
fn check_media_type(headers: &HeaderMap) -> Result<(), Refusal> {
    let given = headers.get(header::CONTENT_TYPE).and_then(text).unwrap_or_default();
    let essence = given.split(';').next().unwrap_or_default().trim();
    let coded = headers.get(header::CONTENT_ENCODING).is_some_and(|coding| coding != "identity");
    let wrong = if !essence.eq_ignore_ascii_case("application/json") {
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

async fn read(application: &Application, mut body: Body, share: &mut BodyShare) -> Result<Bytes, Refusal> {
    let limit = application.server.body_limit;
    let announced = body.size_hint();
    if announced.lower() > limit as u64 {
        return Err(too_large(limit));
    }
    let exact = announced.exact().and_then(|length| usize::try_from(length).ok());
    // What was announced and has not come takes nothing from others.
    take_share(application, share, exact.unwrap_or(STEP).min(STEP))?;

    let mut collected: Option<BytesMut> = None;
    let mut first = Bytes::new();
    while let Some(frame) = body.frame().await {
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
    if application.bodies.grow(share, bytes) {
        return Ok(());
    }
    Err(Refusal::new(
        StatusCode::TOO_MANY_REQUESTS,
        ErrorBody::new(
            "rate_limit_error",
            "the server is reading as many request bodies as it can hold: try again",
        )
        .with_code("server_overloaded"),
    )
    .retry_after(1))
}

fn too_slow() -> Refusal {
    Refusal::new(
        StatusCode::REQUEST_TIMEOUT,
        ErrorBody::new(
            "invalid_request_error",
            format!("the body took longer than {BODY_TIMEOUT:?} to arrive"),
        )
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

/// A header's value as text. HTTP lets it be any bytes; what clients send beyond ASCII is UTF-8.
fn text(value: &HeaderValue) -> Option<&str> {
    std::str::from_utf8(value.as_bytes()).ok()
}

/// The server's header map as the wire types see it, without a copy.
struct HeaderView(HeaderMap);

impl HeaderSource for HeaderView {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(text)
    }

    fn iter(&self) -> Box<dyn Iterator<Item = (&str, &str)> + '_> {
        Box::new(self.0.iter().filter_map(|(name, value)| Some((name.as_str(), text(value)?))))
    }
}
