//! Sessions as a client reads them.

use serde::Serialize;
use serde_json::value::RawValue;

use crate::clock::unix_seconds;
use crate::session::store::{Page, SessionSummary};

/// What is known of a session. Times are seconds since 1970.
#[derive(Debug, Serialize)]
struct Summary<'a> {
    id: &'a str,
    object: &'static str,
    created_at: u64,
    last_used_at: u64,
    expires_at: u64,
    version: u64,
    bytes: u64,
}

impl<'a> Summary<'a> {
    fn new(session: &'a SessionSummary) -> Self {
        Self {
            id: session.id.as_str(),
            object: "session",
            created_at: unix_seconds(session.created),
            last_used_at: unix_seconds(session.last_used),
            expires_at: unix_seconds(session.expires),
            version: session.version,
            bytes: session.bytes,
        }
    }
}

/// OpenAI's shape of a list.
#[derive(Debug, Serialize)]
pub(super) struct Listed<'a> {
    object: &'static str,
    data: Vec<Summary<'a>>,
    first_id: Option<&'a str>,
    last_id: Option<&'a str>,
    has_more: bool,
}

impl<'a> Listed<'a> {
    pub(super) fn new(page: &'a Page) -> Self {
        let id = |session: Option<&'a SessionSummary>| session.map(|session| session.id.as_str());
        Self {
            object: "list",
            data: page.sessions.iter().map(Summary::new).collect(),
            first_id: id(page.sessions.first()),
            last_id: id(page.sessions.last()),
            has_more: page.more,
        }
    }
}

/// A session with its memory.
#[derive(Debug, Serialize)]
pub(super) struct Read<'a> {
    #[serde(flatten)]
    summary: Summary<'a>,
    memory: &'a RawValue,
}

impl<'a> Read<'a> {
    pub(super) fn new(session: &'a SessionSummary, memory: &'a RawValue) -> Self {
        Self { summary: Summary::new(session), memory }
    }
}
