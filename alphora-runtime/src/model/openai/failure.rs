//! What servers say in the place of an answer, as typed errors.

use reqwest::header::HeaderMap;
use serde_json::Value;

use super::dialect::Dialect;
use crate::model::{ModelError, ModelErrorKind};
use crate::secret::Redaction;

/// The longest text of a server that an error repeats, in bytes.
const LONGEST: usize = 500;

/// The longest code of a server that an error repeats, in bytes.
const LONGEST_WORD: usize = 64;

/// Why an attempt failed, and what to do about it.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) error: ModelError,
    pub(super) next: Next,
}

/// What to do after an attempt has failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// It would fail again.
    GiveUp,
    /// It may succeed a little later.
    Retry,
    /// It will succeed at once if it is asked in this dialect.
    Ask(Dialect),
}

impl Failure {
    pub(super) fn new(error: ModelError, next: Next) -> Self {
        Self { error, next }
    }
}

/// What broke off, and what a server says of itself, may go well another time; what makes no sense never does.
impl From<ModelError> for Failure {
    fn from(error: ModelError) -> Self {
        use ModelErrorKind::{Busy, Connect, Interrupted, Server};
        let next = match error.kind() {
            Busy | Connect | Interrupted | Server => Next::Retry,
            _ => Next::GiveUp,
        };
        Self { error, next }
    }
}

/// The failure that an answer of `status`, 400 or more, is.
pub(super) fn refused(status: u16, headers: &HeaderMap, body: &str, redaction: &Redaction) -> Failure {
    let told = Told::read(body, redaction);
    let kind = told.kind(Some(status));
    let words = match &*told.message {
        "" => String::new(),
        message => format!(": {message}"),
    };
    let help = match status {
        401 | 403 => "; see whether `api_key` is right and may use the model",
        404 => "; see whether `base_url` is right, which often ends in `/v1`, and `model_name`",
        _ => "",
    };
    let message = format!("the model's server answered {status}{words}{help}");
    let mut error = ModelError::new(kind, message).with_status(status);
    let is_spent = told.word.as_deref() == Some("insufficient_quota");
    if let Some(word) = told.word {
        error = error.with_code(word);
    }
    let forbidden = headers.get("x-should-retry").is_some_and(|value| value == "false");
    let may_pass = matches!(status, 408 | 429 | 500..) && !is_spent && !forbidden;
    Failure::new(error, if may_pass { Next::Retry } else { Next::GiveUp })
}

/// The error that `text` tells of, in the place of an answer or in its middle.
pub(super) fn told(text: &str, redaction: &Redaction) -> ModelError {
    let told = Told::read(text, redaction);
    let kind = told.kind(told.status);
    let message = format!("the model's server failed: {}", told.message);
    let error = ModelError::new(kind, message);
    match told.word {
        Some(word) => error.with_code(word),
        None => error,
    }
}

/// What an error body says, without any secret.
#[derive(Debug, Default)]
struct Told {
    /// The message, or the whole body if that has none.
    message: String,
    /// `code`, or else `type`, which is all that some servers have.
    word: Option<String>,
    /// Some servers put the status into `code`.
    status: Option<u16>,
}

impl Told {
    /// Reads OpenAI's `{"error": {"message", "type", "code"}}`, the same without its cover, `{"error": ".."}`, and
    /// `FastAPI`'s `{"detail": ..}`.
    fn read(body: &str, redaction: &Redaction) -> Self {
        let value: Value = serde_json::from_str(body).unwrap_or_default();
        let error = value.get("error").filter(|error| !error.is_null()).unwrap_or(&value);
        let message = match error {
            Value::String(message) => Some(message.clone()),
            error => ["message", "detail"].into_iter().find_map(|name| match error.get(name)? {
                Value::String(message) => Some(message.clone()),
                Value::Null => None,
                other => Some(other.to_string()),
            }),
        };
        let word = |name: &str| error.get(name).and_then(Value::as_str).filter(|word| !word.is_empty());
        let code = error.get("code").and_then(Value::as_u64).and_then(|code| u16::try_from(code).ok());
        Self {
            message: redaction.excerpt(message.as_deref().unwrap_or(body).trim(), LONGEST),
            word: word("code").or_else(|| word("type")).map(|word| redaction.excerpt(word, LONGEST_WORD)),
            status: code.filter(|code| (400..600).contains(code)),
        }
    }

    fn kind(&self, status: Option<u16>) -> ModelErrorKind {
        let word = self.word.as_deref().unwrap_or_default();
        match status {
            Some(status) if status < 500 && self.is_about_context() => ModelErrorKind::ContextTooLong,
            None if self.is_about_context() => ModelErrorKind::ContextTooLong,
            Some(401 | 403) => ModelErrorKind::Unauthorized,
            // 529 is Anthropic's word for 503.
            Some(408 | 429 | 503 | 529) => ModelErrorKind::Busy,
            Some(..500) => ModelErrorKind::Refused,
            None if word.contains("rate_limit") || word.contains("overloaded") => ModelErrorKind::Busy,
            None if word == "authentication_error" || word == "invalid_api_key" => {
                ModelErrorKind::Unauthorized
            }
            None if word == "invalid_request_error" => ModelErrorKind::Refused,
            _ => ModelErrorKind::Server,
        }
    }

    /// OpenAI and llama.cpp have a word for it, vLLM and others say it in a sentence.
    fn is_about_context(&self) -> bool {
        let word = self.word.as_deref().unwrap_or_default();
        if matches!(word, "context_length_exceeded" | "exceed_context_size_error") {
            return true;
        }
        let message = self.message.to_ascii_lowercase();
        message.contains("maximum context length")
            || (message.contains("context") && message.contains("exceed"))
    }
}
