//! How a request is written where servers differ, as far as they say so themselves.

use std::sync::{Mutex, PoisonError};

use serde_json::Value;

use super::body::{MAX_COMPLETION_TOKENS, MAX_TOKENS, STREAM_OPTIONS};
use crate::model::ChatOptions;

/// How a request is written where servers differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dialect {
    /// Asks for the tokens of the answer, by `stream_options`, which some servers refuse.
    pub(super) usage: bool,
    /// Bounds the answer by `max_completion_tokens`: OpenAI's models that reason refuse `max_tokens`.
    pub(super) completion_tokens: bool,
}

impl Dialect {
    /// What to ask with instead, if the answer `refusal` of a server to a request with `options` refuses this
    /// dialect. Each of its fields is changed in one direction only, so that asking again has an end.
    pub(super) fn instead(self, refusal: &str, options: &ChatOptions) -> Option<Self> {
        // What the caller writes itself stays as it is.
        let is_ours = |field: &str| !options.extra.contains_key(field);
        let bounds = options.max_tokens.is_some() && is_ours(MAX_TOKENS) && is_ours(MAX_COMPLETION_TOKENS);
        let words = words_of(refusal);
        if self.usage && is_ours(STREAM_OPTIONS) && words.contains(STREAM_OPTIONS) {
            Some(Self { usage: false, ..self })
        } else if !self.completion_tokens && bounds && words.contains(MAX_COMPLETION_TOKENS) {
            Some(Self { completion_tokens: true, ..self })
        } else {
            None
        }
    }
}

/// What a refusal says. Some servers repeat the whole request beside it, which says nothing about any field.
fn words_of(refusal: &str) -> String {
    let Ok(value) = serde_json::from_str::<Value>(refusal) else { return refusal.to_owned() };
    let error = value.get("error").filter(|error| !error.is_null()).unwrap_or(&value);
    let mut words = String::new();
    for said in [Some(error).filter(|error| error.is_string()), error.get("message"), error.get("param")] {
        collect(said, &mut words);
    }
    match error.get("detail") {
        Some(Value::Array(details)) => {
            for detail in details {
                collect(detail.get("loc"), &mut words);
                collect(detail.get("msg"), &mut words);
            }
        }
        detail => collect(detail, &mut words),
    }
    words
}

fn collect(said: Option<&Value>, words: &mut String) {
    match said {
        None | Some(Value::Null) => {}
        Some(Value::String(text)) => words.push_str(text),
        Some(other) => words.push_str(&other.to_string()),
    }
    words.push('\n');
}

/// The dialect in which a server has answered so far.
#[derive(Debug)]
pub(super) struct Known(Mutex<Dialect>);

impl Known {
    /// `usage`: whether servers are asked for the tokens of an answer.
    pub(super) fn new(usage: bool) -> Self {
        Self(Mutex::new(Dialect { usage, completion_tokens: false }))
    }

    pub(super) fn get(&self) -> Dialect {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `model` has begun to answer a request in `dialect`, so from now on it is asked in it.
    pub(super) fn answered(&self, dialect: Dialect, model: &str) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Calls that began before one of the others learned something do not unlearn it.
        let usage = known.usage && dialect.usage;
        let completion_tokens = known.completion_tokens || dialect.completion_tokens;
        let before = std::mem::replace(&mut *known, Dialect { usage, completion_tokens });
        drop(known);
        if before.usage && !usage {
            tracing::warn!(
                model,
                "the server refuses `{STREAM_OPTIONS}`: from now on it is not asked for the tokens of its answers"
            );
        }
        if completion_tokens && !before.completion_tokens {
            tracing::warn!(
                model,
                "the server refuses `{MAX_TOKENS}`: from now on it is sent `{MAX_COMPLETION_TOKENS}`"
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEW: Dialect = Dialect { usage: true, completion_tokens: false };

    fn options(max_tokens: Option<u64>) -> ChatOptions {
        ChatOptions { max_tokens, ..ChatOptions::default() }
    }

    #[test]
    fn a_refused_field_is_known_wherever_it_is_named() {
        for refusal in [
            "unknown field `stream_options`",
            r#"{"error":"unknown field stream_options"}"#,
            r#"{"error":{"message":"unknown field stream_options"}}"#,
            r#"{"error":{"message":"unknown field","param":"stream_options"}}"#,
            r#"{"object":"error","message":"[{'loc': ('body', 'stream_options')}]"}"#,
            r#"{"detail":"stream_options is unknown"}"#,
            r#"{"detail":[{"loc":["body","stream_options"],"msg":"extra","input":{"include_usage":true}}]}"#,
        ] {
            let instead = NEW.instead(refusal, &options(None)).unwrap_or_else(|| panic!("{refusal}"));
            assert_eq!(instead, Dialect { usage: false, ..NEW });
            assert_eq!(instead.instead(refusal, &options(None)), None, "once");
        }
    }

    #[test]
    fn a_request_that_is_repeated_refuses_nothing() {
        let repeated = r#"{"detail":[{"loc":["body","top_p"],"msg":"?","input":{"stream_options":{}}}]}"#;
        assert_eq!(NEW.instead(repeated, &options(None)), None);
        let repeated =
            r#"{"error":{"message":"?","request":{"stream_options":{},"max_completion_tokens":1}}}"#;
        assert_eq!(NEW.instead(repeated, &options(Some(1))), None);
    }

    #[test]
    fn what_the_caller_writes_stays() {
        let mut own = options(Some(1));
        own.extra.insert(STREAM_OPTIONS.to_owned(), Value::Null);
        own.extra.insert(MAX_TOKENS.to_owned(), Value::Null);
        assert_eq!(NEW.instead("stream_options max_completion_tokens", &own), None);
    }

    #[test]
    fn a_bound_is_renamed_where_the_server_says_so() {
        let refusal = r#"{"error":{"message":"Use 'max_completion_tokens' instead.","param":"max_tokens"}}"#;
        assert_eq!(NEW.instead(refusal, &options(None)), None, "there is no bound");
        let instead = NEW.instead(refusal, &options(Some(1))).unwrap();
        assert_eq!(instead, Dialect { completion_tokens: true, ..NEW });
        assert_eq!(instead.instead(refusal, &options(Some(1))), None, "once");
    }

    #[test]
    fn what_was_learned_is_not_unlearned() {
        let known = Known::new(true);
        known.answered(Dialect { usage: false, completion_tokens: false }, "m");
        known.answered(Dialect { usage: true, completion_tokens: true }, "m");
        assert_eq!(known.get(), Dialect { usage: false, completion_tokens: true });
    }
}
