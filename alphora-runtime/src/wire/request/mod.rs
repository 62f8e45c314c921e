//! A request for a chat completion.

mod body;
mod fields;
mod parameters;
mod query;

#[cfg(test)]
mod tests;

use super::{Content, Fields, Headers, Message};

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
#[derive(Debug, Clone)]
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
