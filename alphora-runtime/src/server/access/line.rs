//! The line itself: what it says, and when it is written.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::MatchedPath;
use http::{HeaderMap, HeaderName, Method, Response, StatusCode};
use tokio::time::Instant;

use super::{Exchange, SessionForLog, TARGET};
use crate::principal::Principal;
use crate::random::Identifier;
use crate::server::metrics::RunOutcome;
use crate::server::respond::{REQUEST_ID, RUN_ID, SESSION_ID};

/// The template of the path that was asked for, never the path itself: that is the client's.
#[derive(Debug, Clone)]
pub(in crate::server) enum Route {
    Chat(Arc<str>),
    Routed(MatchedPath),
    Unmatched,
}

impl Route {
    pub(in crate::server) fn template(&self) -> &str {
        match self {
            Self::Chat(template) => template,
            Self::Routed(path) => path.as_str(),
            Self::Unmatched => "unmatched",
        }
    }
}

/// The line of one request. It is written when this is dropped.
pub(in crate::server) struct AccessLine {
    exchange: Exchange,
    method: Method,
    pub(super) route: Route,
    begun: Instant,
    status: Option<StatusCode>,
    /// Until the head of the answer.
    first_byte: Option<Duration>,
    ids: Ids,
    pub(super) bytes: u64,
    /// All of the answer was taken.
    pub(super) is_complete: bool,
}

/// The ids of an answer that is not a run's, as the client reads them.
#[derive(Default)]
struct Ids {
    request: Option<Box<str>>,
    run: Option<Box<str>>,
    session: Option<SessionForLog>,
}

impl AccessLine {
    /// Whether anybody listens.
    pub(in crate::server) fn is_wanted() -> bool {
        tracing::enabled!(target: TARGET, tracing::Level::INFO)
    }

    pub(in crate::server) fn begin(exchange: Exchange, method: Method, route: Route) -> Self {
        Self {
            exchange,
            method,
            route,
            begun: Instant::now(),
            status: None,
            first_byte: None,
            ids: Ids::default(),
            bytes: 0,
            is_complete: false,
        }
    }

    /// The head of the answer is there.
    pub(in crate::server) fn answer<B>(&mut self, response: &Response<B>, route: Option<Route>) {
        self.status = Some(response.status());
        self.first_byte = Some(self.begun.elapsed());
        if let Some(route) = route {
            self.route = route;
        }
        let learnt = self.exchange.learnt();
        // Of a run they are known, and its session's digest was made already.
        if learnt.request_id.is_none() {
            let headers = response.headers();
            self.ids = Ids {
                request: text(headers, &REQUEST_ID).map(Into::into),
                run: text(headers, &RUN_ID).map(Into::into),
                session: text(headers, &SESSION_ID).map(|id| SessionForLog::new(id, learnt.is_owned)),
            };
        }
        drop(learnt);
        // What has no body is over with its head.
        self.is_complete = self.method == Method::HEAD;
    }

    fn write(&self) {
        let learnt = self.exchange.learnt();
        // A run that ended well says nothing of a client that left before it had read all of it.
        let outcome = match (learnt.outcome, self.is_complete) {
            (Some(RunOutcome::Ok) | None, false) => RunOutcome::Disconnected.name(),
            (Some(outcome), _) => outcome.name(),
            (None, true) => "answered",
        };
        let run_id = self.ids.run.as_deref().or(learnt.run_id.as_ref().map(Identifier::as_str));
        let session = self.ids.session.as_ref().or(learnt.session.as_ref());
        tracing::info!(
            target: TARGET,
            method = self.method.as_str(),
            route = self.route.template(),
            status = self.status.map(|status| status.as_u16()),
            outcome,
            duration_ms = milliseconds(self.begun.elapsed()),
            first_byte_ms = self.first_byte.map(milliseconds),
            bytes = self.bytes + learnt.passed,
            request_id = self.ids.request.as_deref().or(learnt.request_id.as_ref().map(Identifier::as_str)),
            run_id,
            session_id = session.map(SessionForLog::as_str),
            principal = learnt.principal.as_ref().map(Principal::name),
            "request"
        );
    }
}

impl Drop for AccessLine {
    fn drop(&mut self) {
        self.write();
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// To the microsecond.
fn milliseconds(duration: Duration) -> f64 {
    let seconds = u32::try_from(duration.as_secs()).unwrap_or(u32::MAX);
    f64::from(seconds) * 1000.0 + f64::from(duration.subsec_micros()) / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_told_to_the_microsecond_too() {
        let shown = |duration: Duration| milliseconds(duration).to_string();
        assert_eq!(shown(Duration::from_micros(1_234)), "1.234");
        assert_eq!(shown(Duration::from_secs(7_200) + Duration::from_micros(1)), "7200000.001");
    }
}
