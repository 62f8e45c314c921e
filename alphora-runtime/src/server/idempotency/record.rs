//! What is noted with a claim: which request has made it, and which run answers it.

use std::time::Duration;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::clock::unix_now;
use crate::server::hexadecimal::hexadecimal;

/// The first request of a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Record {
    /// The number of the run's id, in hexadecimal digits.
    run: String,
    /// The digest of the request's body.
    body: String,
    /// The digest of where it was sent to.
    path: String,
    /// Whether it asked for a stream.
    stream: bool,
    /// Whether it named its session.
    named: bool,
    /// The session that its answer announces.
    pub(super) session: Option<String>,
    /// When it came, in seconds since 1970 by its server's clock.
    at: u64,
}

/// What there is to say of one request.
pub(super) struct Told<'a> {
    pub(super) run: u128,
    pub(super) body: &'a [u8; 32],
    /// The surface, and the endpoint's name.
    pub(super) path: (&'a str, &'a str),
    pub(super) stream: bool,
    pub(super) named: bool,
    pub(super) session: Option<&'a str>,
}

impl Record {
    pub(super) fn new(told: &Told<'_>) -> Self {
        let (surface, endpoint) = told.path;
        let path = Sha256::new().chain_update(surface).chain_update(b"\0").chain_update(endpoint).finalize();
        Self {
            run: format!("{:032x}", told.run),
            body: hexadecimal(told.body),
            path: hexadecimal(&path),
            stream: told.stream,
            named: told.named,
            session: told.session.map(str::to_owned),
            at: unix_now(),
        }
    }

    pub(super) fn encode(&self) -> Bytes {
        // It consists of texts, numbers and truths, whose serialisation cannot fail.
        serde_json::to_vec(self).unwrap_or_default().into()
    }

    pub(super) fn decode(note: &[u8]) -> Option<Self> {
        serde_json::from_slice(note).ok()
    }

    pub(super) fn run(&self) -> Option<u128> {
        u128::from_str_radix(&self.run, 16).ok()
    }

    /// How long ago it came. Two servers' clocks may differ by some seconds.
    pub(super) fn age(&self) -> Duration {
        Duration::from_secs(unix_now().saturating_sub(self.at))
    }

    /// In what this request is another one than the first, if it is.
    pub(super) fn differs_from(&self, first: &Self) -> Option<&'static str> {
        if self.path != first.path {
            return Some("path");
        }
        if self.body != first.body {
            return Some("body");
        }
        if self.named != first.named || (self.named && self.session != first.session) {
            return Some("session");
        }
        // The same body, and another `Accept`.
        (self.stream != first.stream).then_some("form of its answer")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(body: &[u8; 32]) -> Told<'_> {
        Told { run: 7, body, path: ("openai", "a"), stream: false, named: false, session: Some("one") }
    }

    #[test]
    fn a_record_comes_back_and_says_what_differs() {
        let (body, other_body) = ([1; 32], [2; 32]);
        let first = Record::new(&told(&body));
        assert_eq!(Record::decode(&first.encode()), Some(first.clone()));
        assert_eq!((first.run(), first.age().as_secs() < 5), (Some(7), true));
        let differs = |other: Told<'_>| Record::new(&other).differs_from(&first);
        assert_eq!(differs(Told { run: 8, session: Some("two"), ..told(&body) }), None);
        assert_eq!(differs(told(&other_body)), Some("body"));
        assert_eq!(differs(Told { path: ("agent", "a"), ..told(&body) }), Some("path"));
        assert_eq!(differs(Told { named: true, ..told(&body) }), Some("session"));
        assert_eq!(differs(Told { stream: true, ..told(&body) }), Some("form of its answer"));
        let named = |session| Record::new(&Told { named: true, session: Some(session), ..told(&body) });
        assert_eq!(named("one").differs_from(&named("two")), Some("session"));
        assert_eq!(named("one").differs_from(&named("one")), None);
        assert_eq!(Record::decode(b"what a later release may write"), None);
    }
}
