//! `GET /metrics`: who may read it, and in which format.

use std::sync::Arc;

use axum::extract::{Request, State};
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};

use super::classic::classic;
use super::exposition::exposition;
use crate::error::{Error, ErrorKind};
use crate::server::application::Application;
use crate::server::respond::{AnswerBody, Identity, Refusal};
use crate::wire::ErrorBody;

const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
const CLASSIC: &str = "text/plain; version=0.0.4; charset=utf-8";

/// `GET /metrics`.
///
/// On loopback, and where the configuration says so, everybody may read it. Elsewhere a caller who is allowed to may;
/// where nobody can be recognised it is not there.
pub(in crate::server) async fn metrics(
    State(application): State<Arc<Application>>,
    request: Request,
) -> Response<AnswerBody> {
    let identity = Identity::new();
    let (parts, _) = request.into_parts();
    match let_in(&application, &parts).await {
        Ok(()) => text(&application, &parts.headers, &identity),
        Err(refusal) => refusal.into_response(&identity),
    }
}

async fn let_in(application: &Application, parts: &Parts) -> Result<(), Refusal> {
    if application.shows_metrics_to_all() {
        return Ok(());
    }
    let caller = application.caller(&parts.headers, &parts.extensions).await?;
    match caller.principal {
        Some(principal) if principal.may_read_metrics() => Ok(()),
        None if application.authentication.is_none() => Err(not_here()),
        _ => Err(Refusal::forbidden(
            "this API key may not read metrics: its entry has to say `metrics = true`",
        )),
    }
}

fn not_here() -> Refusal {
    let words = "metrics are not shown here: set `open_metrics`, or API keys of which one may read them";
    Refusal::new(
        StatusCode::NOT_FOUND,
        ErrorBody::new("invalid_request_error", words).with_code("metrics_not_shown"),
    )
}

fn text(application: &Arc<Application>, headers: &HeaderMap, identity: &Identity) -> Response<AnswerBody> {
    let text = match exposition(application.clone()) {
        Ok(text) => text,
        Err(error) => {
            let error = Error::new(ErrorKind::Other, "the metrics could not be written").with_source(error);
            return Refusal::internal(&error).into_response(identity);
        }
    };
    let (content_type, text) =
        if takes_openmetrics(headers) { (OPENMETRICS, text) } else { (CLASSIC, classic(&text)) };
    let mut response = Response::new(AnswerBody::Whole(Bytes::from(text)));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::VARY, HeaderValue::from_static("accept"));
    identity.write(headers);
    response
}

/// Whether the reader asks for `OpenMetrics`, and not only for what it does not like: Prometheus names it first.
fn takes_openmetrics(headers: &HeaderMap) -> bool {
    let given = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    given.flat_map(|value| value.split(',')).any(|range| {
        let mut parts = range.split(';').map(str::trim);
        let is_openmetrics =
            parts.next().is_some_and(|name| name.eq_ignore_ascii_case("application/openmetrics-text"));
        is_openmetrics && !parts.any(|part| matches!(part, "q=0" | "q=0.0" | "version=0.0.1"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reader_says_which_format() {
        let takes = |accept: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
            takes_openmetrics(&headers)
        };
        assert!(takes(
            "application/openmetrics-text;version=1.0.0;q=0.6,text/plain;version=0.0.4;q=0.4,*/*;q=0.1"
        ));
        assert!(takes("text/plain, Application/OpenMetrics-Text"));
        assert!(!takes("application/openmetrics-text; q=0, text/plain"));
        assert!(!takes("*/*") && !takes("text/plain;version=0.0.4"));
        assert!(!takes_openmetrics(&HeaderMap::new()));
    }
}
