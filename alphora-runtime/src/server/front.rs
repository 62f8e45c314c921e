//! What answers the requests of a connection: the way of a chat completion is direct, all others are the router's.
//!
//! A router asks each request many questions whose answers are known when the server is built. A chat completion
//! on a known path is the one request that everybody waits for, so it goes straight to its handler, and its body
//! to the socket as the type that it is.

use std::convert::Infallible;
use std::future::ready;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::Router;
use axum::body::Body as AxumBody;
use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, Version, header};
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use tower::Service as _;

use super::access::LoggedBody;
use super::application::Application;
use super::asked::{Asked, Door};
use super::browser::Guard;
use super::courier::{Courier, Line};
use super::handler::chat;
use super::metrics::OpenConnection;
use super::respond::AnswerBody;
use super::router;
use super::writer::Writer;

/// The service of a connection. A clone is some pointers.
#[derive(Clone)]
pub(super) struct Front {
    doors: Arc<Doors>,
    router: Router,
    courier: Option<Arc<Courier>>,
    /// The connection, where the courier knows it.
    line: Option<Line>,
    /// The connection, while it is counted as open.
    _open: Option<Arc<OpenConnection>>,
}

struct Doors {
    application: Arc<Application>,
    guard: Guard,
    /// The paths of chat completions. They are few.
    chat: Vec<Arc<Door>>,
}

impl Front {
    pub(super) fn new(application: &Arc<Application>, guard: Guard) -> Self {
        let door = |path: &str, endpoint| {
            let path: Arc<str> = format!("{}{}", path.trim_end_matches('/'), router::CHAT).into();
            Arc::new(Door { metrics: application.metrics.route(&path), path, endpoint })
        };
        let agents =
            application.endpoints.iter().map(|served| door(&served.endpoint.path, Some(served.clone())));
        let openai = application.server.openai_path.iter().map(|path| door(path, None));
        Self {
            doors: Arc::new(Doors {
                application: application.clone(),
                guard,
                chat: agents.chain(openai).collect(),
            }),
            router: router::routes_of_server(application),
            courier: Courier::start().map(Arc::new),
            line: None,
            _open: None,
        }
    }

    /// What a task of the server's is to wait for; see [`Courier::handing_on`].
    pub(super) fn handing_on(&self) -> Option<impl Future<Output = ()> + Send + use<>> {
        self.courier.as_ref().map(|courier| courier.handing_on())
    }

    /// The service of one connection past which nobody writes: TLS turns every byte into others.
    #[cfg(feature = "tls")]
    pub(super) fn without_courier(&self) -> Self {
        Self { courier: None, _open: Some(self.open()), ..self.clone() }
    }

    /// The service of one connection.
    pub(super) fn on(&self, writer: &Arc<Writer>) -> Self {
        let line = self.courier.clone().map(|courier| Line::new(courier, writer.clone()));
        Self { line, courier: None, _open: Some(self.open()), ..self.clone() }
    }

    fn open(&self) -> Arc<OpenConnection> {
        Arc::new(OpenConnection::new(&self.doors.application.metrics))
    }
}

impl hyper::service::Service<Request<Incoming>> for Front {
    type Response = Response<FrontBody>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn call(&self, mut request: Request<Incoming>) -> Self::Future {
        let is_post = request.method() == Method::POST;
        let path = request.uri().path();
        let door = self.doors.chat.iter().find(|door| is_post && *door.path == *path);
        let asked = Asked::begin(&self.doors.application, door, &mut request);
        if let Some(refused) = self.doors.guard.refuse(&request) {
            return Box::pin(ready(Ok(asked.answer(refused.map(FrontBody::Answer)))));
        }
        // Only what is sent in chunks can be brought out chunk by chunk.
        let chunked = request.version() == Version::HTTP_11;
        let line = self.line.clone().filter(|_| chunked && door.is_some());
        // What a browser sends from another page is the router's, whose layers know which origins may.
        let from_page = request.headers().contains_key(header::ORIGIN);
        if let Some(door) = door.filter(|_| !from_page) {
            let (doors, door) = (self.doors.clone(), door.clone());
            return Box::pin(async move {
                let response =
                    chat(&doors.application, door.endpoint.as_deref(), &mut request, line.as_ref()).await;
                let mut response = response.map(FrontBody::Answer);
                if doors.guard.knows_origins() {
                    // What another origin's page would get has one more header.
                    response.headers_mut().insert(header::VARY, HeaderValue::from_static("origin"));
                }
                Ok(asked.answer(response))
            });
        }
        if let Some(line) = line {
            request.extensions_mut().insert(line);
        }
        let response = self.router.clone().call(request);
        Box::pin(async move { Ok(asked.answer(response.await?.map(FrontBody::Routed))) })
    }
}

/// The body of any response.
pub(super) enum FrontBody {
    Answer(AnswerBody),
    Routed(AxumBody),
    /// Either of them, with the line that is written at its end.
    Logged(Box<LoggedBody<FrontBody>>),
}

impl Body for FrontBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        match self.get_mut() {
            Self::Answer(body) => {
                Pin::new(body).poll_frame(context).map_err(|infallible| match infallible {})
            }
            Self::Routed(body) => Pin::new(body).poll_frame(context),
            Self::Logged(body) => Pin::new(&mut **body).poll_frame(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Answer(body) => body.is_end_stream(),
            Self::Routed(body) => body.is_end_stream(),
            Self::Logged(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Answer(body) => body.size_hint(),
            Self::Routed(body) => body.size_hint(),
            Self::Logged(body) => body.size_hint(),
        }
    }
}
