//! What was wrong with a request, in OpenAI's words.

use std::fmt;

use serde_json::value::RawValue;

use super::ErrorBody;
use super::object::Kind;
use super::path::Path;

/// What is wrong with a request: a word for programs, the path of the field, and a sentence.
///
/// It is always the client's mistake: the HTTP status is 400.
///
/// ```
/// use alphora_runtime::wire::OpenAIRequest;
///
/// let error = OpenAIRequest::from_slice(br#"{"messages": [{"content": "hi"}]}"#).unwrap_err();
/// assert_eq!(error.code(), "missing_required_parameter");
/// assert_eq!(error.param(), Some("messages[0].role"));
/// assert_eq!(error.to_string(), "`messages[0].role` is missing");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestError {
    code: &'static str,
    param: Option<String>,
    message: String,
}

impl RequestError {
    /// A field whose value cannot be used, although its type is right.
    ///
    /// For checks of one's own: an agent that takes no temperature above 1 says so with this.
    pub fn invalid_value(param: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code: "invalid_value", param: Some(param.into()), message: message.into() }
    }

    /// A word for programs: `invalid_json`, `invalid_type`, `missing_required_parameter`, `unsupported_value` or
    /// `invalid_value`.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// The path of the field that is wrong, `messages[0].role` for example; `None` for the body as a whole.
    pub fn param(&self) -> Option<&str> {
        self.param.as_deref()
    }

    /// A sentence for people.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// OpenAI's error object, of type `invalid_request_error`.
    pub fn to_body(&self) -> ErrorBody {
        let mut body = ErrorBody::new("invalid_request_error", self.message.clone()).with_code(self.code);
        body.error.param.clone_from(&self.param);
        body
    }

    /// The body is not JSON.
    pub(super) fn invalid_json(message: impl Into<String>) -> Self {
        Self { code: "invalid_json", param: None, message: message.into() }
    }

    /// The value at `path` is JSON, but cannot be read as text.
    pub(super) fn unreadable(path: &Path<'_>, reason: &str) -> Self {
        let message = format!("`{path}` cannot be read: {}", excerpt(reason));
        Self { code: "invalid_json", param: path.param(), message }
    }

    /// The value at `path` is of another type than `expected`.
    pub(super) fn invalid_type(path: &Path<'_>, expected: &str, found: &RawValue) -> Self {
        let message = match path.param() {
            Some(path) => format!("`{path}` must be {expected}, not {}", Kind::of(found)),
            None => format!("the value must be {expected}, not {}", Kind::of(found)),
        };
        Self { code: "invalid_type", param: path.param(), message }
    }

    /// The body is JSON, but no object.
    pub(super) fn not_an_object(found: Kind) -> Self {
        let message = format!("the request body must be a JSON object, not {found}");
        Self { code: "invalid_type", param: None, message }
    }

    /// The value at `path` is of the right type, but not what is `expected`.
    pub(super) fn unfit(path: &Path<'_>, expected: &str, found: &RawValue) -> Self {
        let message = format!("`{path}` must be {expected}, not {}", excerpt(found.get()));
        Self { code: "invalid_value", param: path.param(), message }
    }

    /// A value that this server cannot serve.
    pub(super) fn unsupported(path: &Path<'_>, supported: &str, found: &RawValue) -> Self {
        let message = format!("`{path}` is {}: {supported}", excerpt(found.get()));
        Self { code: "unsupported_value", param: path.param(), message }
    }

    /// A field that must be there is not.
    pub(super) fn missing(path: &Path<'_>) -> Self {
        Self {
            code: "missing_required_parameter",
            param: path.param(),
            message: format!("`{path}` is missing"),
        }
    }

    /// One object has the field at `path` twice.
    pub(super) fn duplicate(path: &Path<'_>) -> Self {
        Self { code: "invalid_value", param: path.param(), message: format!("`{path}` is given twice") }
    }

    /// There are more `things` at `path` than the `limit`.
    pub(super) fn too_many(path: &Path<'_>, things: &str, limit: usize) -> Self {
        let message = match path.param() {
            Some(path) => format!("`{path}` has more than {limit} {things}"),
            None => format!("the request has more than {limit} {things}"),
        };
        Self { code: "invalid_value", param: path.param(), message }
    }

    /// The value at `path` does not fit the type that an agent asked for.
    pub(super) fn misfit(path: &Path<'_>, error: &serde_json::Error) -> Self {
        let reason = error.to_string();
        // serde has one word for both; its sentences tell them apart.
        let code = if reason.starts_with("invalid type") { "invalid_type" } else { "invalid_value" };
        // Line and column count from the start of the value: of no use to the client.
        let reason = reason.rsplit_once(" at line ").map_or(&*reason, |(reason, _)| reason);
        let message = format!("`{path}` does not fit: {}", excerpt(reason));
        Self { code, param: path.param(), message }
    }
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for RequestError {}

/// The request's error stays the source, so that a server can still answer with its code and path.
impl From<RequestError> for crate::error::Error {
    fn from(error: RequestError) -> Self {
        Self::new(crate::error::ErrorKind::InvalidRequest, error.message.clone()).with_source(error)
    }
}

/// The longest text of a client that an error repeats, in characters.
const LONGEST_EXCERPT: usize = 160;

/// At most [`LONGEST_EXCERPT`] characters of `text`, from its start and its end, with control characters escaped.
pub(super) fn excerpt(text: &str) -> String {
    const HEAD: usize = LONGEST_EXCERPT / 2;
    const TAIL: usize = LONGEST_EXCERPT - HEAD - 1;
    let escape = |text: &str, out: &mut String| {
        for character in text.chars() {
            if character.is_control() { out.extend(character.escape_default()) } else { out.push(character) }
        }
    };
    let mut out = String::new();
    match (text.char_indices().nth(LONGEST_EXCERPT), text.char_indices().nth(HEAD)) {
        (Some(_), Some((head, _))) => {
            let tail = text.char_indices().rev().nth(TAIL - 1).map_or(head, |(tail, _)| tail);
            escape(&text[..head], &mut out);
            out.push('…');
            escape(&text[tail..], &mut out);
        }
        _ => escape(text, &mut out),
    }
    out
}
