#![doc = include_str!("../README.md")]

// Generated code says `::alphora::..`, also in this crate's own examples.
extern crate self as alphora;

pub mod prelude;

pub mod tools;

#[doc = include_str!("testing.md")]
pub mod testing {
    pub use alphora_runtime::model::{ScriptedModel, ScriptedReply, scripted};
    pub use alphora_runtime::stream::Captured;
}

pub use alphora_runtime::agent::{Agent, AgentState, Fresh, IntoReply, OnDisconnect, OnFailure, RunContext};
pub use alphora_runtime::config::{AgentConfig, EndpointConfig};
#[cfg(feature = "server")]
pub use alphora_runtime::config::{Environment, ServerConfig, StoreUrl};
pub use alphora_runtime::error::{AgentError, AgentValidationError, Error, ErrorKind, PublicError, Result};
#[cfg(feature = "fetch")]
pub use alphora_runtime::fetch;
pub use alphora_runtime::model::{
    Call, ChatModel, ChatOptions, Chunk, ModelError, ModelErrorKind, OpenAILike, Reply, ScriptedModel,
    ScriptedReply, scripted,
};
#[cfg(feature = "llm")]
pub use alphora_runtime::model::{OpenAILikeBuilder, RetryPolicy};
pub use alphora_runtime::principal::{Claims, Limits, Principal};
/// The schemars whose `JsonSchema` types have to implement that a model reads or writes. To derive it, depend on
/// schemars 1 by yourself: its derive feature is off here.
pub use alphora_runtime::schemars;
#[cfg(feature = "server")]
pub use alphora_runtime::server::{
    ApiKeys, Authenticate, AuthenticateFuture, AuthenticationError, Publisher, Server, Upkeep, axum, publish,
    publish_agent_api, publish_with,
};
pub use alphora_runtime::session::{
    AssistantTurn, Concurrency, History, HistoryError, Lease, Memory, MemoryManager, MemoryPool,
    MemoryStatistics, MessageId, Owner, SessionError, SessionId, SessionKey, ToolChainError, ToolResults,
};
pub use alphora_runtime::stream::{Captured, DataStreamer, EventStream, FinishReason, ToolCallWriter};
#[cfg(feature = "otel")]
pub use alphora_runtime::telemetry;
pub use alphora_runtime::tool::{
    Tool, ToolContext, ToolError, ToolErrorKind, ToolExecutor, ToolHook, ToolLoopAnswer, ToolLoopError,
    ToolOutput, ToolRegistry, ToolResult,
};
pub use alphora_runtime::wire::{
    Content, ContentPart, IntoMessages, IntoTools, Message, OpenAIRequest, RequestError, ResponseFormat,
    Role, ToolCall, ToolChoice, ToolDefinition, Usage,
};
pub use alphora_runtime::{model, session, stream, wire};

#[doc = include_str!("agent.md")]
pub use alphora_macros::agent;
#[doc = include_str!("main.md")]
pub use alphora_macros::main;
#[doc = include_str!("tool.md")]
pub use alphora_macros::tool;

#[doc(hidden)]
pub use alphora_runtime::private as __private;
