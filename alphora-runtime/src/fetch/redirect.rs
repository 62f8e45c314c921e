//! Where a redirect leads, and what goes with it.

use reqwest::header::{CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_TYPE, HeaderMap, LOCATION};
use reqwest::{Method, Response, StatusCode};

use super::request::Parts;
use super::{FetchError, FetchErrorKind};

/// What comes after an answer.
pub(super) enum Next {
    /// Nothing: it is what was asked for.
    Answer,
    /// The same question elsewhere.
    Follow(Box<Parts>),
}

/// What comes after `response` to `parts`, when `followed` redirects were followed of at most `most`.
pub(super) fn next(
    parts: &Parts,
    response: &Response,
    followed: usize,
    most: usize,
) -> Result<Next, FetchError> {
    let status = response.status();
    let is_redirect = matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308);
    let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
    let (true, Some(location)) = (is_redirect && most > 0, location) else { return Ok(Next::Answer) };
    if followed == most {
        return exhausted();
    }
    let refused = |words: &'static str| Err(FetchError::new(FetchErrorKind::Refused, words));
    let Ok(url) = parts.url.join(location) else {
        return refused("the server redirects to something that is no address");
    };
    if parts.url.scheme() == "https" && url.scheme() == "http" {
        return refused("the server redirects from `https` to `http`, which is not followed");
    }
    let same_origin = parts.url.origin() == url.origin();
    let mut next = Parts { url, ..parts.clone() };
    if changes_to_get(&parts.method, status) {
        next.method = Method::GET;
        next.body = None;
        for header in [CONTENT_TYPE, CONTENT_ENCODING, CONTENT_LANGUAGE] {
            next.headers.remove(header);
        }
    }
    if !same_origin {
        if next.body.is_some() {
            return refused("the server redirects what was sent to another host, which is not followed");
        }
        // Which of them are secrets only their author knows.
        next.headers = HeaderMap::new();
    }
    Ok(Next::Follow(Box::new(next)))
}

fn exhausted() -> Result<Next, FetchError> {
    Err(FetchError::new(FetchErrorKind::TooManyRedirects, "the server redirects more often than is followed"))
}

/// What every client does, and RFC 9110 (15.4) allows.
fn changes_to_get(method: &Method, status: StatusCode) -> bool {
    match status.as_u16() {
        303 => *method != Method::HEAD,
        301 | 302 => *method == Method::POST,
        _ => false,
    }
}
