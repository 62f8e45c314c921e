#![doc = include_str!("../README.md")]

// Generated code says `::alphora::..`, also in this crate's own examples.
extern crate self as alphora;

pub mod prelude;

pub use alphora_runtime::agent::{Agent, AgentState, Fresh, IntoReply, RunContext};
pub use alphora_runtime::config::{AgentConfig, EndpointConfig};
#[cfg(feature = "server")]
pub use alphora_runtime::config::{Environment, ServerConfig};
pub use alphora_runtime::error::{AgentError, AgentValidationError, Error, ErrorKind, PublicError, Result};
#[cfg(feature = "server")]
pub use alphora_runtime::server::{Publisher, Server, axum, publish, publish_agent_api, publish_with};
pub use alphora_runtime::session::{
    Lease, Memory, MemoryManager, MemoryPool, Owner, SessionError, SessionId, SessionKey,
};
pub use alphora_runtime::stream::{Captured, DataStreamer, EventStream, FinishReason, ToolCallWriter};
pub use alphora_runtime::wire::{
    Content, ContentPart, Message, OpenAIRequest, RequestError, ResponseFormat, Role, ToolCall, ToolChoice,
    ToolDefinition, Usage,
};
pub use alphora_runtime::{session, stream, wire};

#[doc = include_str!("agent.md")]
pub use alphora_macros::agent;
#[doc = include_str!("main.md")]
pub use alphora_macros::main;

#[doc(hidden)]
pub use alphora_runtime::private as __private;
