//! What is asked of a model.

use std::fmt;

use serde_json::{Map, Value};

use crate::wire::{Content, ContentPart, Message, ResponseFormat, ToolChoice, ToolDefinition};

/// What is asked of a model: the messages, the tools that it may call, and how it is to answer.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct ChatRequest {
    /// The conversation, the earliest first.
    pub messages: Vec<Message>,
    /// The tools that the model may call.
    pub tools: Vec<ToolDefinition>,
    /// How it is to answer.
    pub options: ChatOptions,
}

impl ChatRequest {
    /// A request with these messages.
    pub fn new(messages: Vec<Message>) -> Self {
        Self { messages, ..Self::default() }
    }

    /// How many bytes of text the model reads in its messages, for an estimate of their tokens. Images and the like
    /// count nothing: their bytes say little of their tokens.
    pub(super) fn text_bytes(&self) -> usize {
        self.messages.iter().map(text_bytes).sum()
    }
}

fn text_bytes(message: &Message) -> usize {
    let said = match &message.content {
        Content::Null => 0,
        Content::Text(text) => text.len(),
        Content::Object(raw) => raw.get().len(),
        Content::Parts(parts) => parts.iter().filter_map(ContentPart::text).map(|text| text.len()).sum(),
    };
    let calls =
        message.tool_calls.iter().map(|call| call.function.name.len() + call.function.arguments.len());
    said + calls.sum::<usize>()
}

/// How a model is to answer. What is `None` or empty is left to the model's server.
///
/// ```
/// use alphora_runtime::model::ChatOptions;
///
/// let options = ChatOptions { temperature: Some(0.0), max_tokens: Some(200), ..ChatOptions::default() };
/// # drop(options);
/// ```
#[derive(Clone, Default)]
pub struct ChatOptions {
    /// Randomness, 0 to 2.
    pub temperature: Option<f64>,
    /// The share of likely tokens to choose from, 0 to 1.
    pub top_p: Option<f64>,
    /// The longest answer, in tokens.
    pub max_tokens: Option<u64>,
    /// Texts at which the answer ends.
    pub stop: Vec<String>,
    /// A seed, for answers that can be repeated.
    pub seed: Option<i64>,
    /// Less of what was said at all, -2 to 2.
    pub presence_penalty: Option<f64>,
    /// Less of what was said often, -2 to 2.
    pub frequency_penalty: Option<f64>,
    /// How much a reasoning model thinks: `none`, `minimal`, `low`, `medium`, `high`.
    pub reasoning_effort: Option<String>,
    /// Whether a tool is to be called.
    pub tool_choice: Option<ToolChoice>,
    /// Whether several tools may be called at once.
    pub parallel_tool_calls: Option<bool>,
    /// The form of the answer.
    pub response_format: Option<ResponseFormat>,
    /// Other fields of the request body. They win over those above.
    pub extra: Map<String, Value>,
}

impl ChatOptions {
    /// These options, and those of `defaults` where these say nothing.
    #[must_use]
    pub fn or(mut self, defaults: &Self) -> Self {
        macro_rules! fill {
            ($($field:ident),*) => { $(self.$field = self.$field.or_else(|| defaults.$field.clone());)* };
        }
        fill!(
            temperature,
            top_p,
            max_tokens,
            seed,
            presence_penalty,
            frequency_penalty,
            reasoning_effort,
            tool_choice,
            parallel_tool_calls,
            response_format
        );
        if self.stop.is_empty() {
            self.stop.clone_from(&defaults.stop);
        }
        for (name, value) in &defaults.extra {
            if !self.extra.contains_key(name) {
                self.extra.insert(name.clone(), value.clone());
            }
        }
        self
    }
}

/// The fields that a user adds may be anything, a key of another service for example: only their names are shown.
impl fmt::Debug for ChatOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChatOptions")
            .field("temperature", &self.temperature)
            .field("top_p", &self.top_p)
            .field("max_tokens", &self.max_tokens)
            .field("stop", &self.stop.len())
            .field("seed", &self.seed)
            .field("presence_penalty", &self.presence_penalty)
            .field("frequency_penalty", &self.frequency_penalty)
            .field("reasoning_effort", &self.reasoning_effort)
            .field("tool_choice", &self.tool_choice)
            .field("parallel_tool_calls", &self.parallel_tool_calls)
            .field("response_format", &self.response_format)
            .field("extra", &self.extra.keys().collect::<Vec<_>>())
            .finish()
    }
}
