//! What a model is: it takes a request and answers with a stream of events.

use std::any::Any;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;

use super::group::Group;
use super::{ChatRequest, FreeChoice, ModelError, ModelEvent};
use crate::stream::FinishReason;

/// A model that can be talked to. [`OpenAILike`](super::OpenAILike) is a handle over any of these.
///
/// ```
/// use alphora_runtime::model::{ChatModel, ChatRequest, ModelError, ModelStream, OpenAILike};
///
/// /// Says what it is told.
/// struct Parrot;
///
/// impl ChatModel for Parrot {
///     fn name(&self) -> &str {
///         "parrot"
///     }
///
///     async fn chat(&self, request: &ChatRequest) -> Result<ModelStream, ModelError> {
///         let last = request.messages.last().map(|message| message.text().into_owned());
///         Ok(ModelStream::text(last.unwrap_or_default()))
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> alphora_runtime::Result {
/// let llm = OpenAILike::from_model(Parrot);
/// assert_eq!(llm.acall("hello").await?.response().await?, "hello");
/// # Ok(()) }
/// ```
pub trait ChatModel: Send + Sync + 'static {
    /// The model's name, for logs and errors.
    fn name(&self) -> &str;

    /// Asks the model. Dropping the future, or the stream that it gives, stops the model.
    ///
    /// # Errors
    /// The model does not answer.
    fn chat(&self, request: &ChatRequest) -> impl Future<Output = Result<ModelStream, ModelError>> + Send;
}

/// What a model answers: events, the last of which (but for usage) is [`ModelEvent::Finish`]. It ends at the
/// first error.
pub struct ModelStream(Pin<Box<dyn Stream<Item = Result<ModelEvent, ModelError>> + Send>>);

impl ModelStream {
    /// The answer that `events` is.
    pub fn new(events: impl Stream<Item = Result<ModelEvent, ModelError>> + Send + 'static) -> Self {
        Self(Box::pin(events))
    }

    /// An answer that is known already.
    pub fn of(events: impl IntoIterator<Item = ModelEvent>) -> Self {
        let events: Vec<_> = events.into_iter().map(Ok).collect();
        Self::new(tokio_stream::iter(events))
    }

    /// The complete answer `text`.
    pub fn text(text: impl Into<String>) -> Self {
        Self::of([ModelEvent::Text(text.into()), ModelEvent::Finish(FinishReason::Stop)])
    }
}

impl Stream for ModelStream {
    type Item = Result<ModelEvent, ModelError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.as_mut().poll_next(context)
    }
}

impl std::fmt::Debug for ModelStream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ModelStream")
    }
}

pub(super) type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// [`ChatModel`] behind a pointer.
pub(super) trait AnyModel: Send + Sync {
    fn name(&self) -> &str;
    fn chat<'a>(&'a self, request: &'a ChatRequest) -> BoxFuture<'a, Result<ModelStream, ModelError>>;
    /// The group that this is, if it is one.
    fn group(&self) -> Option<&Group>;
    /// The model that is asked without being forced, if this is that.
    fn free_choice(&self) -> Option<&FreeChoice>;
    /// Host and port of the server behind the model, if there is one.
    fn server(&self) -> Option<(&str, u16)>;
}

impl<M: ChatModel> AnyModel for M {
    fn name(&self) -> &str {
        ChatModel::name(self)
    }

    fn chat<'a>(&'a self, request: &'a ChatRequest) -> BoxFuture<'a, Result<ModelStream, ModelError>> {
        Box::pin(ChatModel::chat(self, request))
    }

    fn group(&self) -> Option<&Group> {
        (self as &dyn Any).downcast_ref()
    }

    fn free_choice(&self) -> Option<&FreeChoice> {
        (self as &dyn Any).downcast_ref()
    }

    fn server(&self) -> Option<(&str, u16)> {
        #[cfg(feature = "llm")]
        return super::openai::server_of(self);
        #[cfg(not(feature = "llm"))]
        None
    }
}
