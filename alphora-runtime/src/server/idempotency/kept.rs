//! An answer in one piece, as it is kept among the events of a run.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, StatusCode, header};
use serde::{Deserialize, Serialize};

use super::repetition::{gone, refused};
use crate::server::respond::{AnswerBody, Identity, RUN_ID, SESSION_ID};
use crate::session::store::LoggedEvent;

/// The headers that are kept: those that are about the answer, and not about one request for it.
static HEADERS: [HeaderName; 5] = [
    header::CONTENT_TYPE,
    header::RETRY_AFTER,
    HeaderName::from_static("x-should-retry"),
    RUN_ID,
    SESSION_ID,
];

/// Status, headers and body of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::server) struct Kept {
    head: Head,
    body: Bytes,
}

/// What stands before the body, in a line of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Head {
    status: u16,
    headers: Vec<(String, String)>,
    /// The run was refused before it began. A server of an earlier release gives it as the error that it is.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    is_refusal: bool,
}

impl Kept {
    /// What is kept of a response that is there as a whole.
    pub(in crate::server) fn of(response: &Response<AnswerBody>) -> Self {
        let headers = HEADERS.iter().filter_map(|name| {
            let value = response.headers().get(name)?.to_str().ok()?;
            Some((name.as_str().to_owned(), value.to_owned()))
        });
        let body = match response.body() {
            AnswerBody::Whole(bytes) => bytes.clone(),
            AnswerBody::Run(_) | AnswerBody::Follow(_) => Bytes::new(),
        };
        let status = response.status().as_u16();
        Self { head: Head { status, headers: headers.collect(), is_refusal: false }, body }
    }

    /// What is kept of a run that was refused before it began. An answer that could not be kept leaves nothing, and
    /// its request is not to be sent again: that is why this leaves something.
    pub(in crate::server) fn refusal() -> Self {
        let mut kept = Self::of(&refused().into_response(&Identity::new()));
        kept.head.is_refusal = true;
        kept
    }

    /// Whether these are the events of such a run.
    pub(super) fn is_refusal(events: &[LoggedEvent]) -> bool {
        events.first().and_then(|event| Self::decode(&event.bytes)).is_some_and(|kept| kept.head.is_refusal)
    }

    /// Whether these are the events of an answer in one piece, all of which is there then.
    pub(super) fn is_first_of(events: &[LoggedEvent]) -> bool {
        events.first().is_some_and(|event| Self::decode(&event.bytes).is_some())
    }

    /// The bytes that a log keeps: at most `most`, and where the answer has more, the words that it is gone.
    pub(in crate::server) fn encode(&self, most: usize) -> Bytes {
        // It consists of texts and numbers, whose serialisation cannot fail.
        let mut bytes = serde_json::to_vec(&self.head).unwrap_or_default();
        if bytes.len() + 1 + self.body.len() > most {
            let gone = Self::of(&gone().into_response(&Identity::new()));
            if gone.body.len() < self.body.len() {
                return gone.encode(most);
            }
        }
        bytes.push(b'\n');
        bytes.extend_from_slice(&self.body);
        bytes.into()
    }

    /// Reads what was kept. Nothing if it is an event of a stream, which begins with its id.
    pub(in crate::server) fn decode(bytes: &Bytes) -> Option<Self> {
        if bytes.first() != Some(&b'{') {
            return None;
        }
        let end = memchr::memchr(b'\n', bytes)?;
        let head = serde_json::from_slice(&bytes[..end]).ok()?;
        Some(Self { head, body: bytes.slice(end + 1..) })
    }

    /// The error body, if it is one.
    pub(in crate::server) fn error(&self) -> Option<&Bytes> {
        (self.head.status >= 400).then_some(&self.body)
    }

    /// The answer, once more.
    pub(in crate::server) fn into_response(self, identity: &Identity) -> Response<AnswerBody> {
        let mut response = Response::new(AnswerBody::Whole(self.body));
        *response.status_mut() = StatusCode::from_u16(self.head.status).unwrap_or_default();
        identity.write(response.headers_mut());
        for (name, value) in self.head.headers {
            if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(body: &'static str) -> Response<AnswerBody> {
        let mut response = Response::new(AnswerBody::Whole(Bytes::from_static(body.as_bytes())));
        *response.status_mut() = StatusCode::IM_A_TEAPOT;
        response.headers_mut().insert(RUN_ID, HeaderValue::from_static("cmpl-1"));
        response.headers_mut().insert("x-request-id", HeaderValue::from_static("req_1"));
        response.headers_mut().insert("x-ratelimit-remaining-requests", HeaderValue::from_static("3"));
        response
    }

    #[test]
    fn an_answer_comes_back_without_what_was_about_its_request() {
        let kept = Kept::of(&answer("line\nline"));
        let read = Kept::decode(&kept.encode(1000)).unwrap();
        assert_eq!((&read, read.error().map(|body| &body[..])), (&kept, Some(&b"line\nline"[..])));
        let response = read.into_response(&Identity::new());
        assert_eq!(response.status(), StatusCode::IM_A_TEAPOT);
        assert_eq!(response.headers()[RUN_ID], "cmpl-1");
        assert_ne!(response.headers()["x-request-id"], "req_1");
        assert!(!response.headers().contains_key("x-ratelimit-remaining-requests"));
        assert_eq!(Kept::decode(&Bytes::from_static(b"id: 1\ndata: {}\n\n")), None);
    }

    #[test]
    fn a_refusal_is_known_as_one() {
        let event = |kept: &Kept| [LoggedEvent { id: 1, bytes: kept.encode(1000) }];
        let refusal = Kept::refusal();
        assert!(refusal.error().is_some() && Kept::is_refusal(&event(&refusal)));
        let error = Kept::of(&refused().into_response(&Identity::new()));
        assert!(error.error().is_some() && !Kept::is_refusal(&event(&error)) && !Kept::is_refusal(&[]));
    }

    #[test]
    fn what_is_too_large_is_said_to_be_gone() {
        let large = "x".repeat(2000).leak();
        let kept = Kept::decode(&Kept::of(&answer(large)).encode(1000)).unwrap();
        assert_eq!(kept.head.status, 410);
        assert!(kept.error().is_some_and(|body| body.len() < 1000));
        assert_eq!(Kept::decode(&Kept::of(&answer("small")).encode(0)).unwrap().body, "small");
    }
}
