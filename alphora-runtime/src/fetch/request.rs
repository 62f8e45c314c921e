//! One request, from its address to its answer.

use std::fmt;
use std::future::IntoFuture;
use std::pin::Pin;

use bytes::Bytes;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Url};
use serde::Serialize;
use tokio::time::timeout;

use super::redirect::{self, Next};
use super::resolver::{out_of_reach, shown};
use super::{Client, FetchError, FetchErrorKind, Response};

/// A request that is sent when it is awaited.
#[must_use = "a request is sent when it is awaited"]
pub struct Request {
    client: Client,
    pub(super) parts: Result<Parts, FetchError>,
}

/// What is sent.
#[derive(Clone)]
pub(super) struct Parts {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) body: Option<Bytes>,
}

impl Request {
    pub(super) fn new(client: Client, method: Method, url: &str) -> Self {
        let parts = parse(url).map(|url| Parts { method, url, headers: HeaderMap::new(), body: None });
        Self { client, parts }
    }

    pub(super) fn mistaken(mut self, message: &'static str) -> Self {
        if self.parts.is_ok() {
            self.parts = Err(FetchError::new(FetchErrorKind::InvalidRequest, message));
        }
        self
    }

    /// Sends a header. A redirect to another origin does not get it.
    pub fn header(mut self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        let name = HeaderName::from_bytes(name.as_ref().as_bytes());
        let value = HeaderValue::from_str(value.as_ref());
        let (Ok(name), Ok(mut value)) = (name, value) else {
            return self.mistaken("a header's name or value has characters that it cannot have");
        };
        // These decide where the request goes and where it ends.
        if ["host", "content-length", "transfer-encoding", "connection", "upgrade"].contains(&name.as_str()) {
            return self
                .mistaken("`Host`, `Content-Length` and the headers of the connection are the client's own");
        }
        value.set_sensitive(true);
        if let Ok(parts) = &mut self.parts {
            parts.headers.insert(name, value);
        }
        self
    }

    /// Sends a body.
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        if let Ok(parts) = &mut self.parts {
            parts.body = Some(body.into());
        }
        self
    }

    /// Sends `value` as JSON.
    pub fn json(mut self, value: &impl Serialize) -> Self {
        let Ok(body) = serde_json::to_vec(value) else {
            return self.mistaken("the body cannot be written as JSON");
        };
        if let Ok(parts) = &mut self.parts {
            parts.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        self.body(body)
    }

    /// Sends the request, follows its redirects, and reads the answer.
    ///
    /// # Errors
    /// A status is never an error: [`Response::success`] makes it one.
    pub async fn send(self) -> Result<Response, FetchError> {
        let Self { client, parts } = self;
        let limit = client.0.options.timeout;
        timeout(limit, follow(&client, parts?)).await.unwrap_or_else(|_| {
            Err(FetchError::new(FetchErrorKind::Timeout, format!("the answer took longer than {limit:?}")))
        })
    }
}

impl IntoFuture for Request {
    type Output = Result<Response, FetchError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

/// Where it goes, without what is sent.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = self.parts.as_ref().map(|parts| (&parts.method, parts.url.host_str()));
        f.debug_struct("Request").field("place", &place).finish_non_exhaustive()
    }
}

fn parse(url: &str) -> Result<Url, FetchError> {
    Url::parse(url.trim()).map_err(|error| {
        FetchError::new(
            FetchErrorKind::InvalidRequest,
            format!("this is no address ({error}): write one such as https://example.com/page"),
        )
    })
}

async fn follow(client: &Client, mut parts: Parts) -> Result<Response, FetchError> {
    #[cfg(feature = "otel")]
    go_on_with_trace(&mut parts.headers);
    let mut followed = 0;
    loop {
        check(client, &parts.url)?;
        let Parts { method, url, headers, body } = parts.clone();
        let mut request = client.0.http.request(method, url).headers(headers);
        if let Some(body) = body {
            request = request.body(body);
        }
        let response = request.send().await.map_err(FetchError::of_transport)?;
        match redirect::next(&parts, &response, followed, client.0.options.max_redirects)? {
            Next::Answer => return Response::read(response, client.0.options.max_bytes).await,
            Next::Follow(next) => {
                parts = *next;
                followed += 1;
            }
        }
    }
}

/// Says which trace the request belongs to, unless the tool says so itself. As any other header, a redirect to another
/// origin does not get it.
#[cfg(feature = "otel")]
fn go_on_with_trace(headers: &mut HeaderMap) {
    if headers.contains_key("traceparent") {
        return;
    }
    // What other parts of the system have noted in `tracestate` is not for everybody whom a tool asks.
    for (name, value) in crate::telemetry::outgoing().filter(|(name, _)| *name == "traceparent") {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(name, value);
        }
    }
}

/// Whether `url` may be fetched, as far as it says so itself. Where its name leads is checked when it is resolved.
fn check(client: &Client, url: &Url) -> Result<(), FetchError> {
    let refused = |words: &'static str| Err(FetchError::new(FetchErrorKind::Refused, words));
    match url.scheme() {
        "https" => {}
        "http" if !client.0.options.https_only => {}
        "http" => return refused("only `https` addresses may be fetched"),
        _ => return refused("only `http` and `https` addresses may be fetched"),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return refused("an address with a user name or a password in it may not be fetched");
    }
    let Some(host) = url.host_str() else {
        return refused("an address without a host may not be fetched");
    };
    // A number is not resolved, in whatever form it was written: the parser has made it a plain one.
    if let Ok(address) = host.trim_matches(['[', ']']).parse()
        && !client.0.reach.includes(address)
    {
        return Err(out_of_reach(&shown(host)));
    }
    Ok(())
}
