//! The names of every example: `use alphora::prelude::*;`.

pub use crate::{
    AgentConfig, AgentError, DataStreamer, FinishReason, Memory, MemoryManager, Message, OpenAIRequest, Role,
    Usage, agent,
};
#[cfg(feature = "server")]
pub use crate::{publish, publish_agent_api, publish_with};
