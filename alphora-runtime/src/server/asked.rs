//! A request from its head to the head of its answer: counted, and noted for its line in the log.

use std::sync::Arc;

use axum::extract::MatchedPath;
use http::{Method, Request, Response, StatusCode};

use super::access::{AccessLine, Exchange, LoggedBody, Route};
use super::application::{Application, ServedEndpoint};
use super::front::FrontBody;
use super::metrics::{Reason, RouteMetrics};

/// The path of chat completions of one agent, or of the one that the request names.
pub(super) struct Door {
    pub(super) path: Arc<str>,
    pub(super) endpoint: Option<Arc<ServedEndpoint>>,
    pub(super) metrics: Arc<RouteMetrics>,
}

/// A request that is being answered. One that is dropped before was left by its client.
pub(super) struct Asked {
    application: Arc<Application>,
    door: Option<Arc<Door>>,
    method: Method,
    /// Boxed: where nobody reads the log there is none.
    line: Option<Box<AccessLine>>,
    is_answered: bool,
}

impl Asked {
    pub(super) fn begin<B>(
        application: &Arc<Application>,
        door: Option<&Arc<Door>>,
        request: &mut Request<B>,
    ) -> Self {
        let method = request.method().clone();
        let is_logged = application.server.log_requests && AccessLine::is_wanted();
        let line = is_logged.then(|| {
            let exchange = Exchange::default();
            request.extensions_mut().insert(exchange.clone());
            let route = door.map_or(Route::Unmatched, |door| Route::Chat(door.path.clone()));
            Box::new(AccessLine::begin(exchange, method.clone(), route))
        });
        Self { application: application.clone(), door: door.cloned(), method, line, is_answered: false }
    }

    /// The head of the answer is there.
    pub(super) fn answer(mut self, mut response: Response<FrontBody>) -> Response<FrontBody> {
        self.is_answered = true;
        // Only what the router has answered, and what was refused, has extensions.
        let matched = response.extensions_mut().remove::<MatchedPath>();
        if let Some(reason) = response.extensions_mut().remove::<Reason>() {
            self.application.metrics.refuse(reason);
        }
        let route = matched.map(Route::Routed);
        self.count(route.as_ref(), Some(response.status()));
        let Some(mut line) = self.line.take() else { return response };
        line.answer(&response, route);
        response.map(|body| FrontBody::Logged(Box::new(LoggedBody::new(body, *line))))
    }

    fn count(&self, route: Option<&Route>, status: Option<StatusCode>) {
        match (route, &self.door) {
            (None, Some(door)) => door.metrics.count(&self.method, status),
            (route, _) => {
                let template = route.map_or(Route::Unmatched.template(), Route::template);
                self.application.metrics.route(template).count(&self.method, status);
            }
        }
    }
}

impl Drop for Asked {
    fn drop(&mut self) {
        if !self.is_answered {
            self.count(None, None);
        }
    }
}
