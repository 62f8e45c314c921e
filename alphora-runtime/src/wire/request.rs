//! A request for a chat completion.

mod body;
mod fields;
mod parameters;
mod plain;
mod query;

#[cfg(test)]
mod tests;

use std::fmt;

use super::{Content, Fields, Headers, Message};
use crate::hidden::Hidden;
use crate::principal::Principal;

/// A request for a chat completion: the seed's fields, and everything else that the client sent.
///
/// ```
/// use alphora_runtime::wire::OpenAIRequest;
///
/// let request = OpenAIRequest::from_slice(
///     br#"{"messages": [{"role": "user", "content": "hi"}], "temperature": 0.2, "custom_field": [1, 2]}"#,
/// )?;
/// assert_eq!(request.get_user_query(), "hi");
/// assert_eq!(request.temperature()?, Some(0.2));
/// assert_eq!(request.extra::<Vec<u32>>("custom_field")?, Some(vec![1, 2]));
/// # Ok::<(), alphora_runtime::wire::RequestError>(())
/// ```
///
/// Requests are equal when their bodies are; headers are no part of a body.
#[derive(Clone)]
pub struct OpenAIRequest {
    /// The model that the client asks for.
    pub model: Option<String>,
    /// The conversation so far, the newest message last.
    pub messages: Vec<Message>,
    /// Whether the answer is streamed. What an absent field means is the server's decision, which it writes here.
    pub stream: bool,
    /// The session to go on with; an empty one counts as none.
    pub session_id: Option<String>,
    /// Who the client says its user is.
    pub user: Option<String>,
    stream_given: Option<bool>,
    fields: Fields,
    headers: Headers,
    principal: Option<Principal>,
}

impl OpenAIRequest {
    /// A request with these messages, and `stream` as the seed has it: `true`.
    pub fn new(messages: impl Into<Vec<Message>>) -> Self {
        Self { messages: messages.into(), ..Self::default() }
    }

    /// A request with one message of the user.
    pub fn user(content: impl Into<Content>) -> Self {
        Self::new([Message::user(content)])
    }

    /// The same request for another model.
    #[must_use]
    pub fn with_model(mut self, model: impl Into<String>) -> Self {
        self.model = Some(model.into());
        self
    }

    /// The same request, answered in a stream or in one piece.
    #[must_use]
    pub fn with_stream(mut self, stream: bool) -> Self {
        (self.stream, self.stream_given) = (stream, Some(stream));
        self
    }

    /// The same request in another session.
    #[must_use]
    pub fn with_session_id(mut self, session_id: impl Into<String>) -> Self {
        self.session_id = Some(session_id.into()).filter(|id| !id.is_empty());
        self
    }

    /// The same request with what the client says of its user.
    #[must_use]
    pub fn with_user(mut self, user: impl Into<String>) -> Self {
        self.user = Some(user.into());
        self
    }

    /// Who has signed the request, if the server knows.
    ///
    /// What a client says about itself in `user` is not checked; this is.
    pub fn principal(&self) -> Option<&Principal> {
        self.principal.as_ref()
    }

    /// The same request from a caller that is known, for tests of an agent.
    #[must_use]
    pub fn with_principal(mut self, principal: Principal) -> Self {
        self.principal = Some(principal);
        self
    }

    /// Notes who has signed the request.
    pub(crate) fn attach_principal(&mut self, principal: Principal) {
        self.principal = Some(principal);
    }

    /// What the client said about streaming, if it said anything.
    pub fn stream_given(&self) -> Option<bool> {
        self.stream_given
    }
}

impl Default for OpenAIRequest {
    fn default() -> Self {
        Self {
            model: None,
            messages: Vec::new(),
            stream: true,
            session_id: None,
            user: None,
            stream_given: None,
            fields: Fields::new(),
            headers: Headers::default(),
            principal: None,
        }
    }
}

impl PartialEq for OpenAIRequest {
    fn eq(&self, other: &Self) -> bool {
        self.model == other.model
            && self.messages == other.messages
            && self.stream == other.stream
            && self.session_id == other.session_id
            && self.user == other.user
            && self.fields == other.fields
    }
}

/// How the request is made up, and nothing that a client writes; of its headers, those that are harmless.
impl fmt::Debug for OpenAIRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenAIRequest")
            .field("model", &self.model.as_deref().map(Hidden))
            .field("messages", &self.messages)
            .field("stream", &self.stream)
            // Where nobody has to say who they are, whoever knows it can read the session.
            .field("session_id", &self.session_id.as_deref().map(Hidden))
            .field("user", &self.user.as_deref().map(Hidden))
            .field("fields", &self.fields)
            .field("headers", &self.headers)
            .field("principal", &self.principal)
            .finish_non_exhaustive()
    }
}
