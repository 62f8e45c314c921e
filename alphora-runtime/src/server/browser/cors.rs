//! Permission for the pages of other origins.

use std::time::Duration;

use http::request::Parts;
use http::{HeaderName, HeaderValue, Method};
use tower_http::cors::{AllowHeaders, AllowOrigin, AllowPrivateNetwork, CorsLayer};

use crate::config::ServerConfig;
use crate::server::limits::RateLimits;

/// What a page may read of an answer besides its body and how its caller's limits stand.
const EXPOSED: [&str; 7] = [
    "x-request-id",
    "x-run-id",
    "x-session-id",
    "idempotent-replayed",
    "x-alphora-resumable",
    // When, and whether, to try again.
    "retry-after",
    "x-should-retry",
];

/// How long a browser remembers what it may send.
const REMEMBERED: Duration = Duration::from_secs(600);

/// Browsers' permission for the listed origins, in answers of every kind. The headers that they ask for are mirrored,
/// because `*` does not cover `Authorization`. The origins have been checked: each of them is a header's value, and none
/// is `*`. Cookies are never asked for: nothing here is signed by one.
///
/// A listed origin may also reach the server from a network that is more public than the server's own, which some
/// browsers ask about: it was listed for that.
pub(in crate::server) fn cors(server: &ServerConfig, sessions: bool) -> Option<CorsLayer> {
    let origins: Vec<HeaderValue> =
        server.allow_origins.iter().filter_map(|origin| HeaderValue::from_str(origin).ok()).collect();
    if origins.is_empty() {
        return None;
    }
    let methods: &[Method] =
        if sessions { &[Method::GET, Method::POST, Method::DELETE] } else { &[Method::GET, Method::POST] };
    let exposed = EXPOSED.map(HeaderName::from_static).into_iter().chain(RateLimits::names());
    let listed = origins.clone();
    let from_public = move |origin: &HeaderValue, _: &Parts| listed.contains(origin);
    Some(
        CorsLayer::new()
            .allow_origin(AllowOrigin::list(origins))
            .allow_methods(methods.to_vec())
            .allow_headers(AllowHeaders::mirror_request())
            .allow_private_network(AllowPrivateNetwork::predicate(from_public))
            .expose_headers(exposed.collect::<Vec<_>>())
            .max_age(REMEMBERED),
    )
}
