//! What an answer says of the limits: OpenAI's headers.

use std::time::Duration;

use bytes::BytesMut;
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::digits::append_number;
use crate::session::store::{Allowance, Standing};

/// The limit, what is left of it, and in what time all of it is there again.
type Names = [HeaderName; 3];

const REQUESTS: Names = [
    HeaderName::from_static("x-ratelimit-limit-requests"),
    HeaderName::from_static("x-ratelimit-remaining-requests"),
    HeaderName::from_static("x-ratelimit-reset-requests"),
];

const TOKENS: Names = [
    HeaderName::from_static("x-ratelimit-limit-tokens"),
    HeaderName::from_static("x-ratelimit-remaining-tokens"),
    HeaderName::from_static("x-ratelimit-reset-tokens"),
];

/// What an answer says of the limits of its caller; where the caller has none, of those of all callers.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::server) struct RateLimits(Standing);

impl RateLimits {
    /// The names of all its headers, which pages of other origins may read.
    pub(in crate::server) fn names() -> impl Iterator<Item = HeaderName> {
        REQUESTS.into_iter().chain(TOKENS)
    }

    /// Adds how an account stands, unless one that is closer to the caller has said so.
    pub(super) fn or(&mut self, standing: Standing) {
        self.0.requests = self.0.requests.or(standing.requests);
        self.0.tokens = self.0.tokens.or(standing.tokens);
    }

    /// Says how the account stands that has refused the request, whoever else has said something.
    pub(super) fn refused(&mut self, standing: Standing) {
        self.0.requests = standing.requests.or(self.0.requests);
        self.0.tokens = standing.tokens.or(self.0.tokens);
    }

    /// How many headers it has at most.
    pub(in crate::server) const HEADERS: usize = 6;

    pub(in crate::server) fn write(&self, headers: &mut HeaderMap) {
        // All values share one piece of memory.
        let mut values = BytesMut::with_capacity(Self::HEADERS * 20);
        let mut insert = |name, write: &dyn Fn(&mut BytesMut)| {
            write(&mut values);
            if let Ok(value) = HeaderValue::from_maybe_shared(values.split().freeze()) {
                headers.insert(name, value);
            }
        };
        for (names, allowance) in [(REQUESTS, self.0.requests), (TOKENS, self.0.tokens)] {
            let Some(Allowance { limit, remaining, reset }) = allowance else { continue };
            let [limit_name, remaining_name, reset_name] = names;
            insert(limit_name, &|value| append_number(value, limit));
            insert(remaining_name, &|value| append_number(value, remaining));
            insert(reset_name, &|value| append_duration(value, reset));
        }
    }
}

/// A duration as OpenAI writes it; see [`append_duration`].
pub(super) fn duration(duration: Duration) -> String {
    let mut text = BytesMut::new();
    append_duration(&mut text, duration);
    String::from_utf8_lossy(&text).into_owned()
}

/// Appends a duration as OpenAI writes it, to the millisecond: `20ms`, `7.66s`, `6m0s`, `1h0m0s`.
fn append_duration(text: &mut BytesMut, duration: Duration) {
    let (seconds, milliseconds) = (duration.as_secs(), u64::from(duration.subsec_millis()));
    let mut append = |number, unit: &[u8]| {
        append_number(text, number);
        text.extend_from_slice(unit);
    };
    if seconds == 0 && milliseconds > 0 {
        return append(milliseconds, b"ms");
    }
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    if hours > 0 {
        append(hours, b"h");
    }
    if hours > 0 || minutes > 0 {
        append(minutes, b"m");
    }
    append(seconds % 60, b"");
    if milliseconds > 0 {
        append_fraction(text, milliseconds);
    }
    text.extend_from_slice(b"s");
}

/// Appends thousandths, without the zeros that end them.
fn append_fraction(text: &mut BytesMut, thousandths: u64) {
    text.extend_from_slice(b".");
    let mut rest = thousandths;
    for place in [100, 10, 1] {
        if rest > 0 {
            append_number(text, rest / place);
            rest %= place;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_written_as_openai_does() {
        for (milliseconds, text) in [
            (0, "0s"),
            (1, "1ms"),
            (20, "20ms"),
            (999, "999ms"),
            (1_000, "1s"),
            (7_660, "7.66s"),
            (8_640, "8.64s"),
            (59_999, "59.999s"),
            (60_000, "1m0s"),
            (72_500, "1m12.5s"),
            (360_000, "6m0s"),
            (3_600_000, "1h0m0s"),
            (86_400_000 + 62_005, "24h1m2.005s"),
        ] {
            assert_eq!(duration(Duration::from_millis(milliseconds)), text);
        }
    }

    #[test]
    fn what_is_closest_to_the_caller_is_said_unless_another_refuses() {
        let allowance = |limit| Some(Allowance { limit, remaining: 0, reset: Duration::ZERO });
        let own = Standing { requests: allowance(1), tokens: None };
        let all = Standing { requests: allowance(2), tokens: allowance(3) };
        let mut said = RateLimits::default();
        said.or(own);
        said.or(all);
        assert_eq!((said.0.requests, said.0.tokens), (allowance(1), allowance(3)));
        said.refused(all);
        assert_eq!(said.0.requests, allowance(2));
        let mut headers = HeaderMap::new();
        said.write(&mut headers);
        assert_eq!(headers.len(), RateLimits::names().count());
    }
}
