//! Why a model did not answer, or not to the end.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::error::{AgentError, BoxError, Error, ErrorKind};

/// Why a model did not answer, or not to the end. [`kind`](Self::kind) sorts it.
///
/// Its words are for the log: neither they nor anything else in it holds an API key. It is cheap to clone, because
/// a reply that has failed gives the same error to everybody who asks.
#[derive(Clone)]
pub struct ModelError(Arc<Repr>);

#[derive(Clone)]
struct Repr {
    kind: ModelErrorKind,
    message: String,
    status: Option<u16>,
    code: Option<String>,
    retry_after: Option<Duration>,
    source: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

/// The sorts of [`ModelError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ModelErrorKind {
    /// The model's address, name or key cannot be used as they are; nothing was sent.
    Configuration,
    /// The messages, tools or options cannot be sent: a call without its result, for example. Nothing was sent.
    InvalidRequest,
    /// No connection could be made, or it broke before the answer began.
    Connect,
    /// One of the client's clocks expired: connect, first token, idle, or total.
    Timeout,
    /// The server has no room now (429, 503, or a word of its own); [`ModelError::retry_after`] may say when.
    Busy,
    /// The key was refused (401, 403).
    Unauthorized,
    /// The messages are longer than the model's context.
    ContextTooLong,
    /// The server refused the request (any other 4xx).
    Refused,
    /// The server failed (any other 5xx), or said so in the middle of its answer.
    Server,
    /// The answer ended before its end was announced.
    Interrupted,
    /// The answer is no answer: no choices, no JSON, an event beyond the limit, or another protocol.
    InvalidResponse,
    /// The answer is longer than what the client accepts.
    TooLong,
    /// The answer is not of the type that was asked for.
    Json,
    /// The run that the call belongs to has ended.
    Cancelled,
    /// Anything else, among it what models of one's own fail with.
    Other,
}

impl ModelErrorKind {
    /// The sort as a word, `context_too_long` for example.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Configuration => "configuration",
            Self::InvalidRequest => "invalid_request",
            Self::Connect => "connect",
            Self::Timeout => "timeout",
            Self::Busy => "busy",
            Self::Unauthorized => "unauthorized",
            Self::ContextTooLong => "context_too_long",
            Self::Refused => "refused",
            Self::Server => "server",
            Self::Interrupted => "interrupted",
            Self::InvalidResponse => "invalid_response",
            Self::TooLong => "too_long",
            Self::Json => "json",
            Self::Cancelled => "cancelled",
            Self::Other => "other",
        }
    }
}

impl ModelError {
    /// An error of `kind` that says `message`.
    pub fn new(kind: ModelErrorKind, message: impl Into<String>) -> Self {
        Self(Arc::new(Repr {
            kind,
            message: message.into(),
            status: None,
            code: None,
            retry_after: None,
            source: None,
        }))
    }

    /// The same error with what caused it.
    #[must_use]
    pub fn with_source(self, source: impl Into<BoxError>) -> Self {
        let source: BoxError = source.into();
        self.change(|repr| repr.source = Some(source.into()))
    }

    /// The same error with the HTTP status of the server's answer.
    #[must_use]
    pub fn with_status(self, status: u16) -> Self {
        self.change(|repr| repr.status = Some(status))
    }

    /// The same error with the server's own word for it, `error.code` of OpenAI's error body.
    #[must_use]
    pub fn with_code(self, code: impl Into<String>) -> Self {
        let code = code.into();
        self.change(|repr| repr.code = Some(code))
    }

    /// The same error with how long the server asks to wait.
    #[must_use]
    pub fn with_retry_after(self, after: Duration) -> Self {
        self.change(|repr| repr.retry_after = Some(after))
    }

    fn change(mut self, change: impl FnOnce(&mut Repr)) -> Self {
        change(Arc::make_mut(&mut self.0));
        self
    }

    /// Which sort of error this is.
    pub fn kind(&self) -> ModelErrorKind {
        self.0.kind
    }

    /// The HTTP status of the server's answer, if it answered.
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// The server's own word for it, `error.code` of OpenAI's error body.
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// How long the server asks to wait.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Whether the same call may succeed a little later: the server was busy, failed, broke off, or could not be
    /// reached. What was refused is refused again, and what makes no sense will not make more.
    pub fn is_transient(&self) -> bool {
        use ModelErrorKind::{Busy, Connect, Interrupted, Server, Timeout};
        matches!(self.0.kind, Busy | Connect | Interrupted | Server | Timeout)
    }
}

/// What a client may be told, by sort. The server's own words stay in the log: they may be nobody's business.
impl ModelError {
    /// The same failure for the agent's client: a status and a sentence that say what it can do, where the error
    /// itself would reach it as 500 and a request id.
    ///
    /// | sort | status | code |
    /// |---|---|---|
    /// | [`ContextTooLong`](ModelErrorKind::ContextTooLong) | 400 | `context_length_exceeded` |
    /// | [`Busy`](ModelErrorKind::Busy) | 503 | `model_busy` |
    /// | [`Timeout`](ModelErrorKind::Timeout) | 504 | `model_timeout` |
    /// | any other | 502 | `model_failed` |
    ///
    /// ```
    /// use alphora_runtime::AgentError;
    /// use alphora_runtime::model::OpenAILike;
    ///
    /// async fn answer(llm: &OpenAILike, question: &str) -> Result<String, AgentError> {
    ///     let mut reply = llm.acall(question).await.map_err(|error| error.public())?;
    ///     Ok(reply.response().await.map_err(|error| error.public())?.to_owned())
    /// }
    /// # drop(answer);
    /// ```
    #[must_use]
    pub fn public(&self) -> AgentError {
        let (status, code, message) = match self.kind() {
            ModelErrorKind::ContextTooLong => (
                400,
                "context_length_exceeded",
                "the conversation is longer than the model can read: say less, or begin a new one",
            ),
            ModelErrorKind::Busy => (503, "model_busy", "the model is busy: try again a little later"),
            ModelErrorKind::Timeout => (504, "model_timeout", "the model did not answer in time"),
            _ => (502, "model_failed", "the model did not answer"),
        };
        tracing::warn!(kind = ?self.kind(), error = %self, "a model's failure is told to the client");
        AgentError::public(status, code, message)
    }
}

impl fmt::Display for ModelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for ModelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Repr { kind, message, status, code, retry_after, source } = &*self.0;
        let mut debug = f.debug_struct("ModelError");
        debug.field("kind", kind).field("message", message);
        if let Some(status) = status {
            debug.field("status", status);
        }
        if let Some(code) = code {
            debug.field("code", code);
        }
        if let Some(after) = retry_after {
            debug.field("retry_after", after);
        }
        if let Some(source) = source {
            debug.field("source", source);
        }
        debug.finish()
    }
}

impl std::error::Error for ModelError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_ref().map(|source| &**source as &(dyn std::error::Error + 'static))
    }
}

/// It is the source of that error, where it can be found again.
impl From<ModelError> for Error {
    fn from(error: ModelError) -> Self {
        Self::new(ErrorKind::Model, error.to_string()).with_source(error)
    }
}
