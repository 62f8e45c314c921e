//! What a response says of its request in its headers: ids, and limits.

use bytes::BytesMut;
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::random::Identifier;
use crate::server::limits::RateLimits;
use crate::session::SessionId;

pub(in crate::server) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
pub(in crate::server) const RUN_ID: HeaderName = HeaderName::from_static("x-run-id");
pub(in crate::server) const SESSION_ID: HeaderName = HeaderName::from_static("x-session-id");

/// The ids of one request, and the limits that it is counted under. The first is always there, the others as soon as
/// they are known.
#[derive(Debug, Clone)]
pub(in crate::server) struct Identity {
    pub(in crate::server) request_id: Identifier,
    pub(in crate::server) run_id: Option<Identifier>,
    pub(in crate::server) session_id: Option<SessionId>,
    pub(in crate::server) limits: Option<Box<RateLimits>>,
}

impl Identity {
    /// A new request id.
    pub(in crate::server) fn new() -> Self {
        // A request is answered even when the operating system has no randomness; its id then says so.
        let request_id = Identifier::new("req_").unwrap_or_else(|_| Identifier::unknown("req_"));
        Self { request_id, run_id: None, session_id: None, limits: None }
    }

    /// An empty map with room for what [`write`](Self::write) adds, and for `others` more.
    pub(in crate::server) fn room(&self, others: usize) -> HeaderMap {
        let limits = if self.limits.is_some() { RateLimits::HEADERS } else { 0 };
        HeaderMap::with_capacity(3 + limits + others)
    }

    pub(in crate::server) fn write(&self, headers: &mut HeaderMap) {
        let ids = [
            (REQUEST_ID, Some(self.request_id.as_bytes())),
            (RUN_ID, self.run_id.as_ref().map(Identifier::as_bytes)),
            (SESSION_ID, self.session_id.as_ref().map(|id| id.as_str().as_bytes())),
        ];
        // All values share one piece of memory.
        let mut values = BytesMut::with_capacity(ids.iter().filter_map(|(_, id)| *id).map(<[u8]>::len).sum());
        for (name, id) in ids {
            let Some(id) = id else { continue };
            values.extend_from_slice(id);
            if let Ok(value) = HeaderValue::from_maybe_shared(values.split().freeze()) {
                headers.insert(name, value);
            }
        }
        if let Some(limits) = &self.limits {
            limits.write(headers);
        }
    }
}
