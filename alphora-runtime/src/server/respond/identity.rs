//! The ids that a response carries in its headers.

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::random::Identifier;
use crate::session::SessionId;

pub(in crate::server) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
pub(in crate::server) const RUN_ID: HeaderName = HeaderName::from_static("x-run-id");
pub(in crate::server) const SESSION_ID: HeaderName = HeaderName::from_static("x-session-id");

/// The ids of one request. The first is always there, the others as soon as they are known.
#[derive(Debug, Clone)]
#[expect(clippy::struct_field_names, reason = "they are called what their headers are called")]
pub(in crate::server) struct Identity {
    pub(in crate::server) request_id: Identifier,
    pub(in crate::server) run_id: Option<Identifier>,
    pub(in crate::server) session_id: Option<SessionId>,
}

impl Identity {
    /// A new request id.
    pub(in crate::server) fn new() -> Self {
        // A request is answered even when the operating system has no randomness; its id then says so.
        let request_id = Identifier::new("req_").unwrap_or_else(|_| Identifier::unknown("req_"));
        Self { request_id, run_id: None, session_id: None }
    }

    pub(in crate::server) fn write(&self, headers: &mut HeaderMap) {
        let mut set = |name: HeaderName, value: &str| {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(name, value);
            }
        };
        set(REQUEST_ID, self.request_id.as_str());
        if let Some(run_id) = &self.run_id {
            set(RUN_ID, run_id.as_str());
        }
        if let Some(session_id) = &self.session_id {
            set(SESSION_ID, session_id.as_str());
        }
    }
}
