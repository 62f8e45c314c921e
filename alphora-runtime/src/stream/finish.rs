//! Why a stream ended.

/// Why a completion ended: the seed's reasons, OpenAI's, and any other that an agent gives.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum FinishReason {
    /// The agent said all it had to say.
    #[default]
    Stop,
    /// A limit on length was reached.
    Length,
    /// The client is to call the tools that were named.
    ToolCalls,
    /// Content was left out.
    ContentFilter,
    /// A clock of the run expired. On `/v1`, where the word is unknown, it is `length`.
    Timeout,
    /// A reason of the agent's own. On `/v1` it is `stop`.
    Other(String),
}

impl FinishReason {
    /// The word on the agent's own path.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Stop => "stop",
            Self::Length => "length",
            Self::ToolCalls => "tool_calls",
            Self::ContentFilter => "content_filter",
            Self::Timeout => "timeout",
            Self::Other(reason) => reason,
        }
    }

    /// The word on `/v1`: strict clients fail on any that OpenAI's API does not have.
    pub fn as_openai(&self) -> &'static str {
        match self {
            // OpenAI's word from before there were tools.
            Self::Other(reason) if reason == "function_call" => "function_call",
            Self::Stop | Self::Other(_) => "stop",
            Self::Length | Self::Timeout => "length",
            Self::ToolCalls => "tool_calls",
            Self::ContentFilter => "content_filter",
        }
    }
}

impl From<&str> for FinishReason {
    fn from(reason: &str) -> Self {
        match reason {
            "stop" => Self::Stop,
            "length" => Self::Length,
            "tool_calls" => Self::ToolCalls,
            "content_filter" => Self::ContentFilter,
            "timeout" => Self::Timeout,
            other => Self::Other(other.to_owned()),
        }
    }
}

impl From<String> for FinishReason {
    fn from(reason: String) -> Self {
        Self::from(reason.as_str())
    }
}

impl std::fmt::Display for FinishReason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
