//! The handle to a model that an agent holds.

use std::fmt;
use std::sync::Arc;

use super::chat_model::AnyModel;
use super::group::{Group, Order};
use super::{Call, ChatModel, ChatOptions, ChatRequest, ModelError, ModelStream};
use crate::stream::DataStreamer;
use crate::wire::IntoMessages;

/// A model that an agent talks to: any OpenAI-compatible model server, or any other [`ChatModel`].
///
/// It is a handle: clones share the model and its connections, so that one field serves all requests. In an agent
/// it is bound to the run by the generated code: the tokens of every call add up in the client's `usage`, and what
/// the model still says when the run is over is cut off, in tasks that the method has spawned too. In other types,
/// and in fields whose type depends on a parameter, [`bound_to`](Self::bound_to) does that.
///
/// ```
/// use alphora_runtime::model::scripted;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> alphora_runtime::Result {
/// let llm = scripted(["hello"]); // in production: `OpenAILike::from_env()?`
/// let mut reply = llm.acall("say hello").temperature(0.0).await?;
/// while let Some(chunk) = reply.next().await {
///     assert_eq!(chunk?.content, "hello");
/// }
/// assert_eq!(reply.response().await?, "hello");
/// # Ok(()) }
/// ```
///
/// `first + second` takes turns between two models, and [`fallback`](Self::fallback) asks a second one where the
/// first does not answer.
#[derive(Clone)]
pub struct OpenAILike {
    model: Arc<dyn AnyModel>,
    defaults: Arc<ChatOptions>,
    run: Option<DataStreamer>,
}

impl OpenAILike {
    /// A handle to any model.
    pub fn from_model(model: impl ChatModel) -> Self {
        Self { model: Arc::new(model), defaults: Arc::default(), run: None }
    }

    /// The same model with options for every call; what a call says itself wins.
    #[must_use]
    pub fn with_options(mut self, options: ChatOptions) -> Self {
        self.defaults = Arc::new(options.or(&self.defaults));
        self
    }

    /// The same model, working for the run that `stream` belongs to. In agents the generated code does this.
    #[must_use]
    pub fn bound_to(&self, stream: &DataStreamer) -> Self {
        Self { run: Some(stream.clone()), ..self.clone() }
    }

    /// The model's name.
    pub fn model_name(&self) -> &str {
        self.model.name()
    }

    /// Asks the model: awaiting the [`Call`] gives its [`Reply`](super::Reply) as soon as it begins to answer.
    ///
    /// `messages` is a text, which is what a user says, one message, a list, or a memory's history.
    pub fn acall(&self, messages: impl IntoMessages) -> Call {
        Call::new(self.clone(), messages.into_messages())
    }

    /// This model, and `other` wherever this one does not begin to answer for a reason that may be its own.
    ///
    /// That is whenever it cannot be reached, is busy, fails, refuses the key, does not know the model's name, or reads
    /// no context so long. A request that is wrong in itself is wrong anywhere; and once an answer has begun, nobody
    /// else is asked.
    #[must_use]
    pub fn fallback(self, other: Self) -> Self {
        self.grouped(other, Order::Fallback)
    }

    /// One handle over both. What a group is bound to, its members need not be.
    fn grouped(self, other: Self, order: Order) -> Self {
        let run = self.run.clone();
        let group = Group::new(self.unbound(), other.unbound(), order);
        Self { run, ..Self::from_model(group) }
    }

    fn unbound(mut self) -> Self {
        self.run = None;
        self
    }

    pub(super) fn run(&self) -> Option<&DataStreamer> {
        self.run.as_ref()
    }

    pub(super) fn defaults(&self) -> &ChatOptions {
        &self.defaults
    }

    pub(super) fn model(&self) -> &dyn AnyModel {
        &*self.model
    }
}

/// Takes turns between two models, for the original's `llm1 + llm2`; a longer sum is one round of all.
///
/// Where the one whose turn it is does not begin to answer, the others are asked, each once.
impl std::ops::Add for OpenAILike {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        self.grouped(other, Order::RoundRobin)
    }
}

/// A handle is a model too, with its own options, so that a model of one's own can wrap it.
impl ChatModel for OpenAILike {
    fn name(&self) -> &str {
        self.model_name()
    }

    async fn chat(&self, request: &ChatRequest) -> Result<ModelStream, ModelError> {
        let mut request = request.clone();
        request.options = request.options.or(&self.defaults);
        self.model.chat(&request).await
    }
}

/// The model's name, never its key.
impl fmt::Debug for OpenAILike {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenAILike")
            .field("model_name", &self.model_name())
            .field("bound", &self.run.is_some())
            .finish_non_exhaustive()
    }
}
