//! What a factory of agents is told about the run it makes an instance for.

use crate::wire::OpenAIRequest;

/// The run that an instance is made for; see [`publish_with`](crate::server::publish_with).
#[derive(Debug, Clone, Copy)]
pub struct RunContext<'a> {
    pub(crate) run_id: &'a str,
    pub(crate) session_id: &'a str,
    pub(crate) request: &'a OpenAIRequest,
}

impl<'a> RunContext<'a> {
    /// The run's id, which is also the completion's.
    pub fn run_id(&self) -> &'a str {
        self.run_id
    }

    /// The session's id: the one that the request names, or the new one that the response announces.
    pub fn session_id(&self) -> &'a str {
        self.session_id
    }

    /// The request, with its headers.
    pub fn request(&self) -> &'a OpenAIRequest {
        self.request
    }
}
