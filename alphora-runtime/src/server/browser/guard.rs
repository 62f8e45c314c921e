//! Which requests a server takes where a browser may have been told to send them.
//!
//! A page of another site can have a name of its own resolve to this machine (DNS rebinding). To its browser it then is
//! of the same origin as the server: it may ask anything and read every answer. What gives it away is the name, which
//! is in `Host`. And any page may send a request to any server without reading the answer; what gives that away is
//! `Origin`.

use std::net::IpAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request as RoutedRequest, State};
use axum::middleware::Next;
use http::{HeaderValue, Method, Request, Response, StatusCode, Version, header};

use super::authority::Host;
use crate::config::ServerConfig;
use crate::server::respond::{AnswerBody, Identity, Refusal};
use crate::wire::ErrorBody;

/// The paths that are asked by whoever watches a server, which often knows it by its address alone.
const PROBED: [&str; 3] = ["/health", "/ready", "/metrics"];

/// How much of a host or an origin is said back.
const SHOWN: usize = 64;

/// Which hosts a request may be for, and which origins may change something.
///
/// Nothing is refused where the server is reachable from other machines and no names are configured for it: it is not
/// known then what it is called.
#[derive(Debug)]
pub(in crate::server) struct Guard {
    guards: bool,
    hosts: Vec<String>,
    origins: Vec<HeaderValue>,
}

/// Why a request is refused.
enum Objection {
    /// It does not say for whom it is, or says it twice, or in no known form.
    NoHost,
    Host(String),
    Origin(String),
}

impl Guard {
    /// The guard of a server that listens on `address`.
    pub(in crate::server) fn of_listener(server: &ServerConfig, address: IpAddr) -> Self {
        let guards = address.to_canonical().is_loopback() || !server.allow_hosts.is_empty();
        let origins = server.allow_origins.iter().filter_map(|origin| HeaderValue::from_str(origin).ok());
        Self { guards, hosts: server.allow_hosts.clone(), origins: origins.collect() }
    }

    /// The guard of routes under a listener of the user's own, of which nothing is known: only names that are
    /// configured are looked at.
    pub(in crate::server) fn of_routes(server: &ServerConfig) -> Option<Self> {
        let guard = Self::of_listener(server, IpAddr::from([0, 0, 0, 0]));
        guard.guards.then_some(guard)
    }

    /// Whether other origins are allowed at all: then an answer depends on who asks.
    pub(in crate::server) fn knows_origins(&self) -> bool {
        !self.origins.is_empty()
    }

    /// The answer to a request that is refused.
    pub(in crate::server) fn refuse<B>(&self, request: &Request<B>) -> Option<Box<Response<AnswerBody>>> {
        if !self.guards {
            return None;
        }
        self.objection(request).map(|objection| Box::new(self.answer(&objection, request)))
    }

    fn objection<B>(&self, request: &Request<B>) -> Option<Objection> {
        let mut given = request.headers().get_all(header::HOST).iter();
        let (host, another) = (given.next().map(HeaderValue::as_bytes), given.next());
        // What the target of a request says counts more than `Host`. No client of ours lets them differ: both have to
        // be allowed.
        let target = request.uri().authority().map(|authority| authority.as_str().as_bytes());
        let own = match target.or(host) {
            Some(_) if another.is_some() => return Some(Objection::NoHost),
            Some(own) => own,
            // Before HTTP/1.1 nobody had to say it. Probes still do not; every browser does.
            None if request.version() == Version::HTTP_10 => b"",
            None => return Some(Objection::NoHost),
        };
        for authority in [target, host].into_iter().flatten() {
            if Host::is_plainly_loopback(authority) {
                continue;
            }
            match Host::parse(authority) {
                None => return Some(Objection::NoHost),
                Some(host) if self.knows(host, request.uri().path()) => {}
                Some(_) => return Some(Objection::Host(shown(authority))),
            }
        }
        if is_safe(request.method()) {
            return None;
        }
        let mut origins = request.headers().get_all(header::ORIGIN).iter();
        let origin = origins.next()?;
        let may = origins.next().is_none() && (self.lists(origin) || is_same(origin, own));
        (!may).then(|| Objection::Origin(shown(origin.as_bytes())))
    }

    fn knows(&self, host: Host<'_>, path: &str) -> bool {
        let is_listed = || {
            let mut names = self.hosts.iter().filter_map(|name| Host::parse(name.as_bytes()));
            names.any(|name| name.is(host))
        };
        // An address is nobody's to give a new meaning to, as names are.
        host.is_loopback() || is_listed() || (matches!(host, Host::Address(_)) && PROBED.contains(&path))
    }

    fn lists(&self, origin: &HeaderValue) -> bool {
        self.origins.contains(origin)
    }

    fn answer<B>(&self, objection: &Objection, request: &Request<B>) -> Response<AnswerBody> {
        let (status, kind, code, words) = match objection {
            Objection::NoHost => (
                StatusCode::BAD_REQUEST,
                "invalid_request_error",
                "invalid_host",
                "a request names the host that it is for, once: `Host: localhost:8000`".to_owned(),
            ),
            Objection::Host(host) => (
                StatusCode::FORBIDDEN,
                "permission_error",
                "host_not_allowed",
                format!(
                    "this server is not called `{host}`: ask for localhost, or add the name to `allow_hosts`"
                ),
            ),
            Objection::Origin(origin) => (
                StatusCode::FORBIDDEN,
                "permission_error",
                "origin_not_allowed",
                format!(
                    "pages of the origin `{origin}` may not use this server: add the origin to `allow_origins`, one \
                     that is `null` cannot be added"
                ),
            ),
        };
        let refusal = Refusal::new(status, ErrorBody::new(kind, words).with_code(code));
        let mut response = refusal.into_response(&Identity::new());
        super::as_data(response.headers_mut());
        // A page that may call the server can read why it was refused.
        if let Some(origin) = request.headers().get(header::ORIGIN).filter(|origin| self.lists(origin)) {
            response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        }
        if self.knows_origins() {
            response.headers_mut().insert(header::VARY, HeaderValue::from_static("origin"));
        }
        response
    }
}

/// [`Guard::refuse`] as a layer.
pub(in crate::server) async fn guard(
    State(guard): State<Arc<Guard>>,
    request: RoutedRequest,
    next: Next,
) -> Response<Body> {
    match guard.refuse(&request) {
        Some(refused) => refused.map(Body::new),
        None => next.run(request).await,
    }
}

/// Whether a request of this method changes nothing.
fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Whether a page of `origin` has come from where its request goes. Whether that was `http` or `https` only a proxy in
/// front knows.
fn is_same(origin: &HeaderValue, host: &[u8]) -> bool {
    let origin = origin.as_bytes();
    let authority = origin.strip_prefix(b"http://").or_else(|| origin.strip_prefix(b"https://"));
    authority.is_some_and(|authority| plain(authority).eq_ignore_ascii_case(plain(host)))
}

/// A host without what says nothing: the port of its scheme, and the dot at the end of a whole name.
fn plain(authority: &[u8]) -> &[u8] {
    let host =
        authority.strip_suffix(b":443").or_else(|| authority.strip_suffix(b":80")).unwrap_or(authority);
    host.strip_suffix(b".").unwrap_or(host)
}

fn shown(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(SHOWN)]);
    text.escape_default().to_string()
}
