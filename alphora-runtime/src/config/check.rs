//! Which values the options of a server can have, one by one and together.

use std::ops::RangeInclusive;
use std::time::Duration;

use tokio::sync::Semaphore;

use super::invalid::{check_duration, invalid};
use super::options::SERVER_OPTIONS;
use super::{Mistakes, ServerConfig, host, origin, path};
use crate::error::AgentValidationError;
use crate::wire::MAX_MESSAGES;

type Result<T = ()> = std::result::Result<T, AgentValidationError>;

impl ServerConfig {
    /// Notes why no server can be made of these options, if so. What a source has said wrongly is among `mistakes`
    /// already, and is not judged together with other options.
    pub(crate) fn check(&self, mistakes: &mut Mistakes) {
        for option in SERVER_OPTIONS {
            mistakes.note(self.check_option(&place(option), option));
        }
        let together = [
            (["body_limit", "bodies_in_flight"], self.bodies_fit()),
            (["data_dir", "session_store"], self.sessions_are_in_one_place()),
            (["tls_certificate", "tls_key"], self.tls_is_whole()),
        ];
        for (options, checked) in together {
            if !options.iter().any(|option| mistakes.concern(option)) {
                mistakes.note(checked);
            }
        }
        for (option, is_set, feature, is_built) in [
            ("data_dir", self.data_dir.is_some(), "redb", cfg!(feature = "redb")),
            ("tls_certificate", self.tls_certificate.is_some(), "tls", cfg!(feature = "tls")),
            ("open_metrics", self.open_metrics, "metrics", cfg!(feature = "metrics")),
        ] {
            if is_set && !is_built {
                mistakes.add(unusable(
                    option,
                    &format!(
                        "this program was built without the feature that it needs: add `features = [\"{feature}\"]` to \
                         its dependency on alphora, or leave the option out"
                    ),
                ));
            }
        }
    }

    /// Whether the server can have the value that one option has got at `place`.
    ///
    /// # Errors
    /// The value with its place, or each value of a list.
    pub(super) fn check_option(&self, place: &str, option: &str) -> Result {
        let number = |value: u64, allowed: RangeInclusive<u64>| {
            if allowed.contains(&value) {
                return Ok(());
            }
            let expected = format!("write at least {} and at most {}", allowed.start(), allowed.end());
            Err(invalid(place, option, &value.to_string(), &expected))
        };
        let size = |value: usize, allowed: RangeInclusive<u64>| number(value as u64, allowed);
        // Whatever is counted is counted by a semaphore.
        let counted = 1..=Semaphore::MAX_PERMITS as u64;
        let limit = |value: Option<u64>| number(value.unwrap_or(1), 1..=u64::MAX);
        let duration = |value: Duration| {
            check_duration(value).map_err(|expected| invalid(place, option, &format!("{value:?}"), expected))
        };
        match option {
            "body_limit" => size(self.body_limit, counted),
            "bodies_in_flight" => size(self.bodies_in_flight, counted),
            "max_runs" => size(self.max_runs, counted),
            "max_connections" => size(self.max_connections, counted),
            "max_head_bytes" => size(self.max_head_bytes, 1024..=1024 * 1024),
            "send_buffer" => size(self.send_buffer, 4096..=1024 * 1024 * 1024),
            "max_messages" => size(self.max_messages, 1..=MAX_MESSAGES as u64),
            "max_session_bytes" => number(self.session_limits.session_bytes, 1..=u64::MAX),
            "max_sessions" => limit(self.session_limits.sessions),
            "max_sessions_bytes" => limit(self.session_limits.bytes),
            "max_owner_sessions" => limit(self.session_limits.owner_sessions),
            "max_owner_bytes" => limit(self.session_limits.owner_bytes),
            "requests_per_minute" => limit(self.requests_per_minute),
            "tokens_per_minute" => limit(self.tokens_per_minute),
            "key_requests_per_minute" => limit(self.key_limits.requests_per_minute),
            "key_tokens_per_minute" => limit(self.key_limits.tokens_per_minute),
            "key_max_runs" => limit(self.key_limits.runs),
            "head_timeout" => duration(self.head_timeout),
            "body_timeout" => duration(self.body_timeout),
            "keep_alive_timeout" => duration(self.keep_alive_timeout),
            "stall_timeout" => duration(self.stall_timeout),
            "drain_timeout" => duration(self.drain_timeout),
            "session_lease" => duration(self.session_lease),
            "idempotency_time" => duration(self.idempotency_time),
            "openai_path" => match &self.openai_path {
                Some(value) => {
                    path::check(value).map_err(|expected| invalid(place, option, value, &expected))
                }
                None => Ok(()),
            },
            "allow_origins" => each(&self.allow_origins, |value| {
                origin::check(value).map_err(|expected| invalid(place, option, value, expected))
            }),
            "allow_hosts" => each(&self.allow_hosts, |value| {
                host::check(value).map_err(|expected| invalid(place, option, value, expected))
            }),
            _ => Ok(()),
        }
    }

    fn bodies_fit(&self) -> Result {
        if self.body_limit <= self.bodies_in_flight {
            return Ok(());
        }
        let all = self.bodies_in_flight;
        let expected = format!("write at most `bodies_in_flight`, which is {all} bytes, or make that larger");
        Err(invalid(&place("body_limit"), "body_limit", &self.body_limit.to_string(), &expected))
    }

    fn sessions_are_in_one_place(&self) -> Result {
        let (Some(directory), Some(store)) = (&self.data_dir, &self.session_store) else { return Ok(()) };
        let reason = format!(
            "sessions are kept in one place: leave out this, which is {}, or `session_store`, which is {store}",
            directory.display()
        );
        Err(unusable("data_dir", &reason))
    }

    fn tls_is_whole(&self) -> Result {
        let alone = |option, other: &str| {
            let reason =
                format!("TLS needs a certificate and its key: set `{other}` as well, or leave both out");
            Err(unusable(option, &reason))
        };
        match (&self.tls_certificate, &self.tls_key) {
            (Some(_), None) => alone("tls_certificate", "tls_key"),
            (None, Some(_)) => alone("tls_key", "tls_certificate"),
            _ => Ok(()),
        }
    }
}

fn place(option: &str) -> String {
    format!("`{option}` of the server")
}

fn unusable(option: &str, reason: &str) -> AgentValidationError {
    AgentValidationError::UnusableOption {
        place: place(option),
        option: option.to_owned(),
        reason: reason.to_owned(),
    }
}

/// All values of a list that are wrong.
fn each(values: &[String], check: impl Fn(&String) -> Result) -> Result {
    let mut mistakes = Mistakes::default();
    for value in values {
        mistakes.note(check(value));
    }
    mistakes.finish_validation()
}
