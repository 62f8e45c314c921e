//! The names of every example: `use alphora::prelude::*;`.

pub use crate::tools::{ToolContext, ToolExecutor, ToolRegistry};
pub use crate::{
    AgentConfig, AgentError, ChatModel, Concurrency, DataStreamer, FinishReason, Memory, MemoryManager,
    Message, ModelError, OnDisconnect, OnFailure, OpenAILike, OpenAIRequest, Role, ToolCall, Usage, agent,
    tool,
};
#[cfg(feature = "server")]
pub use crate::{publish, publish_agent_api, publish_with};
