//! One attempt: a request, up to the first piece of its answer.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use reqwest::Response;
use reqwest::header::{CONTENT_TYPE, LOCATION};

use super::answer::Answer;
use super::bounded_body::{BoundedBody, End};
use super::clocks::{Clock, Clocks, Deadline};
use super::completions::Completions;
use super::dialect::Dialect;
use super::failure::{self, Failure, Next};
use super::retry::asked_to_wait;
use crate::error::root;
use crate::model::sse::MOST_EVENT_BYTES;
use crate::model::{ChatOptions, ModelError, ModelErrorKind};
#[cfg(feature = "otel")]
use crate::telemetry;

/// The most of an error body that is read, in bytes.
const MOST_ERROR_BYTES: usize = 64 * 1024;

/// How long an error body is waited for at most.
const ERROR_BODY: Duration = Duration::from_secs(5);

/// One attempt to have a request answered.
pub(super) struct Attempt<'a> {
    pub(super) model: &'a Completions,
    pub(super) body: Bytes,
    pub(super) options: &'a ChatOptions,
    /// In which the body is written.
    pub(super) dialect: Dialect,
    /// When the call ends.
    pub(super) total: Deadline,
}

impl Attempt<'_> {
    /// The answer, of which the first piece has come.
    pub(super) async fn run(self) -> Result<Answer, Failure> {
        let peer = &self.model.peer;
        let deadline = Deadline::of(Clock::FirstToken, peer.clocks.first_token).or(self.total);
        let result = deadline.run(self.begin()).await.unwrap_or_else(|| {
            let next = if deadline.clock == Clock::FirstToken { Next::Retry } else { Next::GiveUp };
            Err(Failure::new(deadline.expired(&peer.model), next))
        });
        result.map_err(|failure| Failure { error: peer.clean(failure.error), ..failure })
    }

    async fn begin(&self) -> Result<Answer, Failure> {
        let Completions { client, address, headers, .. } = self.model;
        let request = client.post(address.url()).headers(headers.clone()).body(self.body.clone());
        #[cfg(feature = "otel")]
        let request =
            telemetry::outgoing().fold(request, |request, (name, value)| request.header(name, value));
        let response = request.send().await.map_err(|error| self.unreached(error))?;
        match response.status().as_u16() {
            200..300 => Ok(self.answer(response).await?),
            300..400 => Err(self.redirected(&response)),
            status => Err(self.refused(status, response).await),
        }
    }

    async fn answer(&self, response: Response) -> Result<Answer, ModelError> {
        let content_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let essence = content_type.unwrap_or_default().split(';').next().unwrap_or_default().trim();
        let mut answer = Answer::new(self.model.peer.clone(), self.total);
        if essence.eq_ignore_ascii_case("text/event-stream") {
            answer.begin(response).await?;
        } else if essence.eq_ignore_ascii_case("application/json") {
            // A server that does not stream although it was asked to.
            let mut body = BoundedBody::new(MOST_EVENT_BYTES);
            match body.read(response).await {
                End::Whole => answer.whole(&body.text())?,
                End::TooLong => {
                    let message = format!("the answer is longer than {MOST_EVENT_BYTES} bytes");
                    return Err(ModelError::new(ModelErrorKind::TooLong, message));
                }
                End::Broken => {
                    return Err(ModelError::new(ModelErrorKind::Interrupted, "the answer broke off"));
                }
            }
        } else {
            let named = match essence {
                "" => "without a content type".to_owned(),
                named => format!("in `{}`", self.model.peer.redaction.excerpt(named, 80)),
            };
            let message = format!(
                "the server answered {named}, which is neither `text/event-stream` nor `application/json`: \
                 see whether `base_url` ends where its chat completions begin"
            );
            return Err(ModelError::new(ModelErrorKind::InvalidResponse, message));
        }
        Ok(answer)
    }

    /// A key goes nowhere but where it was meant to go. Nor is the other place shown: the key may be in its name.
    fn redirected(&self, response: &Response) -> Failure {
        let (status, from) = (response.status().as_u16(), self.model.address.url());
        let to = response.headers().get(LOCATION).and_then(|to| from.join(to.to_str().ok()?).ok());
        let to = match to.filter(|to| to.host() == from.host()) {
            Some(to) if to.scheme() != from.scheme() => format!("to {} on the same host", to.scheme()),
            Some(_) => "to another place on the same host".to_owned(),
            None => "to another host".to_owned(),
        };
        let message = format!(
            "the server answered {status} and points {to}: redirects are not followed; \
             set `base_url` to where the server really is"
        );
        let error = ModelError::new(ModelErrorKind::InvalidResponse, message).with_status(status);
        Failure::new(error, Next::GiveUp)
    }

    async fn refused(&self, status: u16, response: Response) -> Failure {
        let headers = response.headers().clone();
        // The clock of the first token would take the status away with what has come.
        let Clocks { idle, first_token, .. } = self.model.peer.clocks;
        let wait = ERROR_BODY.min(idle).min(first_token / 2);
        let mut body = BoundedBody::new(MOST_ERROR_BYTES);
        // However it ends, what has come by then says why.
        let _ = tokio::time::timeout(wait, body.read(response)).await;
        let body = body.text();
        let mut failure = failure::refused(status, &headers, &body, &self.model.peer.redaction);
        if let Some(wait) = asked_to_wait(&headers, SystemTime::now()) {
            failure.error = failure.error.with_retry_after(wait);
        }
        if matches!(status, 400 | 422)
            && let Some(dialect) = self.dialect.instead(&body, self.options)
        {
            failure.next = Next::Ask(dialect);
        }
        failure
    }

    /// There was no answer at all.
    fn unreached(&self, error: reqwest::Error) -> Failure {
        let peer = &self.model.peer;
        // The URL's path may hold a key.
        let error = error.without_url();
        let why = root(&error);
        let (kind, message) = if error.is_connect() && error.is_timeout() {
            let expired = Clock::Connect.expired(&peer.model, peer.clocks.connect);
            return Failure::new(expired.with_source(error), Next::Retry);
        } else if error.is_connect() {
            (
                ModelErrorKind::Connect,
                format!(
                    "no connection to {}: {why}; see whether `base_url` is right and a server listens there",
                    peer.origin
                ),
            )
        } else if is_other_protocol(&why) {
            (ModelErrorKind::InvalidResponse, format!("{} does not speak HTTP: {why}", peer.origin))
        } else {
            let message = format!("the connection to {} broke before the answer began: {why}", peer.origin);
            (ModelErrorKind::Connect, message)
        };
        ModelError::new(kind, message).with_source(error).into()
    }
}

/// Whether these are hyper's words for a head that is none. There is no type to ask.
fn is_other_protocol(why: &str) -> bool {
    why.starts_with("invalid HTTP") || why.contains("message head")
}
