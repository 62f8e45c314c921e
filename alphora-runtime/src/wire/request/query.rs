//! What an agent asks a request first: what the user said, and the headers.

use std::borrow::Cow;

use super::OpenAIRequest;
use crate::wire::{Headers, Message, Role};

impl OpenAIRequest {
    /// What the user said last: the text of the last message with role `user`, empty if there is none.
    ///
    /// Of a message in parts it is the text parts, joined with nothing between; of an object, its JSON.
    ///
    /// ```
    /// use alphora_runtime::wire::OpenAIRequest;
    ///
    /// let request = OpenAIRequest::user("hi");
    /// match &*request.get_user_query() {
    ///     "hi" => {}
    ///     other => unreachable!("{other}"),
    /// }
    /// ```
    pub fn get_user_query(&self) -> Cow<'_, str> {
        self.last_user_message().map(Message::text).unwrap_or_default()
    }

    /// The last message with role `user`, for agents that read its parts.
    pub fn last_user_message(&self) -> Option<&Message> {
        self.messages.get(self.last_user_index()?)
    }

    /// The messages before the last one of the user: the history that chat clients resend with each request.
    ///
    /// Without a message of the user, all messages are.
    pub fn earlier_messages(&self) -> &[Message] {
        let end = self.last_user_index().unwrap_or(self.messages.len());
        self.messages.get(..end).unwrap_or_default()
    }

    /// The first value of header `name`, whatever the case of its letters.
    pub fn get_header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)
    }

    /// All headers with their values, names in lower case.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.headers.iter()
    }

    /// Replaces all headers. Of several with one name, [`get_header`](Self::get_header) gives the first.
    ///
    /// ```
    /// use alphora_runtime::wire::OpenAIRequest;
    ///
    /// let mut request = OpenAIRequest::user("hi");
    /// request.set_headers([("Authorization", "Bearer x")]);
    /// assert_eq!(request.get_header("authorization"), Some("Bearer x"));
    /// ```
    pub fn set_headers<N: AsRef<str>, V: Into<String>>(&mut self, headers: impl IntoIterator<Item = (N, V)>) {
        self.headers = headers.into_iter().collect();
    }

    /// Replaces all headers by those of a server's own map, without a copy.
    pub fn attach_headers(&mut self, headers: Headers) {
        self.headers = headers;
    }

    /// The same request with one more header.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: impl Into<String>) -> Self {
        let mut headers: Vec<_> =
            self.headers().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        headers.push((name.to_owned(), value.into()));
        self.set_headers(headers);
        self
    }

    fn last_user_index(&self) -> Option<usize> {
        self.messages.iter().rposition(|message| message.role == Role::User)
    }
}
