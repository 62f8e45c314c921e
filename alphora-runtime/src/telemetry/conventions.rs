//! What OpenTelemetry's conventions for generative AI call things. None of it is stable yet: so it is here alone.

/// The target of all spans: what a filter such as `RUST_LOG` calls them.
pub(crate) const TARGET: &str = "alphora::trace";

// The operations, each of them the first word of a span's name.
pub(super) const INVOKE_AGENT: &str = "invoke_agent";
pub(super) const CHAT: &str = "chat";
pub(super) const EXECUTE_TOOL: &str = "execute_tool";

pub(super) const OPERATION_NAME: &str = "gen_ai.operation.name";
pub(super) const PROVIDER_NAME: &str = "gen_ai.provider.name";
pub(super) const CONVERSATION_ID: &str = "gen_ai.conversation.id";
pub(super) const AGENT_NAME: &str = "gen_ai.agent.name";

pub(super) const REQUEST_MODEL: &str = "gen_ai.request.model";
pub(super) const REQUEST_STREAM: &str = "gen_ai.request.stream";
pub(super) const REQUEST_TEMPERATURE: &str = "gen_ai.request.temperature";
pub(super) const REQUEST_TOP_P: &str = "gen_ai.request.top_p";
pub(super) const REQUEST_MAX_TOKENS: &str = "gen_ai.request.max_tokens";
pub(super) const REQUEST_SEED: &str = "gen_ai.request.seed";
pub(super) const REQUEST_PRESENCE_PENALTY: &str = "gen_ai.request.presence_penalty";
pub(super) const REQUEST_FREQUENCY_PENALTY: &str = "gen_ai.request.frequency_penalty";

pub(super) const RESPONSE_ID: &str = "gen_ai.response.id";
pub(super) const RESPONSE_MODEL: &str = "gen_ai.response.model";
pub(super) const RESPONSE_FINISH_REASONS: &str = "gen_ai.response.finish_reasons";
pub(super) const RESPONSE_TIME_TO_FIRST_CHUNK: &str = "gen_ai.response.time_to_first_chunk";

pub(super) const USAGE_INPUT_TOKENS: &str = "gen_ai.usage.input_tokens";
pub(super) const USAGE_OUTPUT_TOKENS: &str = "gen_ai.usage.output_tokens";

pub(super) const TOOL_NAME: &str = "gen_ai.tool.name";
pub(super) const TOOL_TYPE: &str = "gen_ai.tool.type";
pub(super) const TOOL_CALL_ID: &str = "gen_ai.tool.call.id";

pub(super) const SERVER_ADDRESS: &str = "server.address";
pub(super) const SERVER_PORT: &str = "server.port";
pub(super) const ERROR_TYPE: &str = "error.type";

/// How a span ended, also where that is no error: OpenTelemetry has no name for it.
pub(super) const OUTCOME: &str = "alphora.outcome";

/// The provider of an agent that this framework serves.
pub(super) const ALPHORA: &str = "alphora";
/// The provider whose form of requests and answers a model server speaks; what it really runs nobody can know.
pub(super) const OPENAI: &str = "openai";
/// The provider of models that are no servers.
pub(super) const CUSTOM: &str = "custom";

// What the bridge from `tracing` to OpenTelemetry looks for.
pub(super) const SPAN_NAME: &str = "otel.name";
pub(super) const SPAN_KIND: &str = "otel.kind";
pub(super) const SPAN_STATUS: &str = "otel.status_code";
