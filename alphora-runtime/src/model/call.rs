//! One call of a model, under construction.

use std::pin::Pin;

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::account::Account;
use super::reply::Reply;
use super::watched::ask;
use super::{ChatOptions, ChatRequest, ModelError, ModelErrorKind, OpenAILike};
use crate::error::BoxError;
use crate::schema::CompiledSchema;
use crate::stream::DataStreamer;
use crate::wire::{IntoTools, Message, ResponseFormat, ToolChoice, ToolDefinition};

/// One call of a model: awaiting it sends it. Made by [`OpenAILike::acall`].
#[must_use = "a call is sent when it is awaited"]
pub struct Call {
    llm: OpenAILike,
    messages: Result<Vec<Message>, BoxError>,
    tools: Vec<ToolDefinition>,
    options: ChatOptions,
    mistake: Option<ModelError>,
}

impl Call {
    pub(super) fn new(llm: OpenAILike, messages: Result<Vec<Message>, BoxError>) -> Self {
        Self { llm, messages, tools: Vec::new(), options: ChatOptions::default(), mistake: None }
    }

    /// Tools that the model may call, beside those given before.
    pub fn tools(mut self, tools: impl IntoTools) -> Self {
        self.tools.extend(tools.into_tools());
        self
    }

    /// Whether a tool is to be called.
    pub fn tool_choice(mut self, choice: ToolChoice) -> Self {
        self.options.tool_choice = Some(choice);
        self
    }

    /// The form of the answer; [`json`](Self::json) does this for a Rust type.
    pub fn response_format(mut self, format: ResponseFormat) -> Self {
        self.options.response_format = Some(format);
        self
    }

    /// Randomness, 0 to 2.
    pub fn temperature(mut self, temperature: f64) -> Self {
        self.options.temperature = Some(temperature);
        self
    }

    /// The share of likely tokens to choose from, 0 to 1.
    pub fn top_p(mut self, share: f64) -> Self {
        self.options.top_p = Some(share);
        self
    }

    /// The longest answer, in tokens.
    pub fn max_tokens(mut self, tokens: u64) -> Self {
        self.options.max_tokens = Some(tokens);
        self
    }

    /// Texts at which the answer ends, beside those given before.
    pub fn stop(mut self, texts: impl IntoIterator<Item: Into<String>>) -> Self {
        self.options.stop.extend(texts.into_iter().map(Into::into));
        self
    }

    /// A seed, for answers that can be repeated.
    pub fn seed(mut self, seed: i64) -> Self {
        self.options.seed = Some(seed);
        self
    }

    /// Less of what was said at all, -2 to 2.
    pub fn presence_penalty(mut self, penalty: f64) -> Self {
        self.options.presence_penalty = Some(penalty);
        self
    }

    /// Less of what was said often, -2 to 2.
    pub fn frequency_penalty(mut self, penalty: f64) -> Self {
        self.options.frequency_penalty = Some(penalty);
        self
    }

    /// How much a reasoning model thinks: `none`, `minimal`, `low`, `medium`, `high`.
    pub fn reasoning_effort(mut self, effort: impl Into<String>) -> Self {
        self.options.reasoning_effort = Some(effort.into());
        self
    }

    /// Whether several tools may be called at once.
    pub fn parallel_tool_calls(mut self, parallel: bool) -> Self {
        self.options.parallel_tool_calls = Some(parallel);
        self
    }

    /// Options all at once; what this call has said before wins.
    #[expect(clippy::needless_pass_by_value, reason = "options are mostly made where they are given")]
    pub fn options(mut self, options: ChatOptions) -> Self {
        self.options = self.options.or(&options);
        self
    }

    /// Another field of the request body, for what a server knows beside OpenAI's fields.
    ///
    /// A value that cannot be written as JSON fails the call.
    pub fn extra(mut self, name: impl Into<String>, value: impl Serialize) -> Self {
        let name = name.into();
        match serde_json::to_value(value) {
            Ok(value) => {
                self.options.extra.insert(name, value);
            }
            Err(error) => {
                let message = format!("the extra field `{name}` cannot be written as JSON: {error}");
                self.mistake = Some(ModelError::new(ModelErrorKind::InvalidRequest, message));
            }
        }
        self
    }

    /// Asks for an answer of type `T`, by the JSON schema of the type, and reads it.
    ///
    /// `T` derives `serde::Deserialize` and `schemars::JsonSchema`. The schema is made to fit OpenAI's strict mode:
    /// all fields are asked for, and optional ones may be `null`.
    ///
    /// # Errors
    /// As those of the call; [`ModelErrorKind::InvalidRequest`] for a type that has no strict schema, as maps have
    /// none; [`ModelErrorKind::Json`] for an answer that is not a `T`.
    pub async fn json<T: Structured>(mut self) -> Result<T, ModelError> {
        let unusable = |error: &dyn std::fmt::Display| {
            let message = format!("`{}` cannot be asked for: {error}", T::schema_name());
            ModelError::new(ModelErrorKind::InvalidRequest, message)
        };
        let schema = CompiledSchema::strict_of::<T>().map_err(|error| unusable(&error))?;
        let sent = serde_json::value::to_raw_value(schema.sent()).map_err(|error| unusable(&error))?;
        let name = schema_name(&T::schema_name());
        self.options.response_format = Some(ResponseFormat::JsonSchema { name, schema: sent, strict: true });
        self.await?.fitting(&schema).await
    }

    async fn send(self) -> Result<Reply, ModelError> {
        let Self { llm, messages, tools, options, mistake } = self;
        if let Some(mistake) = mistake {
            return Err(mistake);
        }
        let messages = messages.map_err(|error| {
            ModelError::new(ModelErrorKind::InvalidRequest, error.to_string()).with_source(error)
        })?;
        if messages.is_empty() {
            let message = "there is nothing to send: a call needs at least one message";
            return Err(ModelError::new(ModelErrorKind::InvalidRequest, message));
        }
        let mut request = ChatRequest::new(messages);
        (request.tools, request.options) = (tools, options.or(llm.defaults()));
        // Until it begins to answer, a model has clocks of its own, and retries, and others that stand in.
        let _busy = llm.run().map(DataStreamer::busy);
        let stream = alive(llm.run(), ask(llm.model(), &request, llm.run())).await?;
        let account = llm.run().map(|run| Account::new(run.clone(), request.text_bytes()));
        let mut reply = Reply::new(llm.model_name().to_owned(), stream, account);
        reply.begin().await?;
        Ok(reply)
    }
}

/// A type that a model can be asked for: [`Call::json`]. Whatever derives the two traits is one.
#[diagnostic::on_unimplemented(
    message = "a model cannot be asked for `{Self}`\n\
               help: derive `serde::Deserialize` and `schemars::JsonSchema` (your crate depends on schemars 1)",
    label = "has no JSON schema, or cannot be read from JSON"
)]
pub trait Structured: DeserializeOwned + JsonSchema {}

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned + JsonSchema> Structured for T {}

/// What `answer` gives, unless the run is over before.
async fn alive<T>(
    run: Option<&DataStreamer>,
    answer: impl Future<Output = Result<T, ModelError>>,
) -> Result<T, ModelError> {
    let Some(run) = run else { return answer.await };
    tokio::select! {
        biased;
        answer = answer => answer,
        () = run.cancelled() => Err(super::reply::cancelled()),
    }
}

/// A name that a server takes for a schema: OpenAI allows letters, digits, `_` and `-`, at most 64.
fn schema_name(name: &str) -> String {
    let name: String = name
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() || letter == '-' { letter } else { '_' })
        .take(64)
        .collect();
    if name.is_empty() { "answer".to_owned() } else { name }
}

impl IntoFuture for Call {
    type Output = Result<Reply, ModelError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

impl std::fmt::Debug for Call {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Call")
            .field("llm", &self.llm)
            .field("messages", &self.messages.as_ref().map_or(0, Vec::len))
            .field("tools", &self.tools.len())
            .finish_non_exhaustive()
    }
}
