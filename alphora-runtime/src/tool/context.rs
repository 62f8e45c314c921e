//! What a tool knows besides its arguments.

use std::any::Any;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Waker};

use tokio_util::sync::CancellationToken;

use super::thread::ThreadWait;
use crate::stream::DataStreamer;

/// What a tool knows besides its arguments: shared state, whether its run goes on, and where to say how far it is.
///
/// A tool takes it as a parameter that is not in its schema. In a test, `ToolContext::default()` will do.
///
/// ```
/// use alphora_runtime::tool::ToolContext;
///
/// struct Prices(Vec<u32>);
///
/// let context = ToolContext::default().with_state(Prices(vec![3, 4]));
/// assert_eq!(context.state::<Prices>().map(|prices| prices.0.len()), Some(2));
/// assert!(context.state::<String>().is_none());
/// ```
#[derive(Clone, Default)]
pub struct ToolContext {
    state: State,
    cancellation: CancellationToken,
    call: Option<Arc<CallNames>>,
    stream: DataStreamer,
    thread_wait: ThreadWait,
}

/// Values that all tools of an executor share, one of a type.
#[derive(Clone, Default)]
pub(super) struct State(Arc<Vec<Arc<dyn Any + Send + Sync>>>);

struct CallNames {
    call_id: String,
    tool_name: String,
}

impl ToolContext {
    /// The context of the call `call_id` of the tool `tool_name`.
    pub(super) fn of_call(
        state: State,
        stream: DataStreamer,
        cancellation: CancellationToken,
        (call_id, tool_name): (&str, &str),
    ) -> Self {
        let call = CallNames { call_id: call_id.to_owned(), tool_name: tool_name.to_owned() };
        let thread_wait = ThreadWait::default();
        Self { state, cancellation, call: Some(Arc::new(call)), stream, thread_wait }
    }

    /// The shared state of type `T`, as
    /// [`ToolExecutor::with_state`](super::ToolExecutor::with_state) was given it.
    pub fn state<T: Send + Sync + 'static>(&self) -> Option<&T> {
        self.state.get()
    }

    /// The same context with this state, in place of another of its type.
    #[must_use]
    pub fn with_state<T: Send + Sync + 'static>(mut self, state: T) -> Self {
        self.state.insert(state);
        self
    }

    /// Waits until nobody waits for the result any longer: the run has ended, or the tool's time is over.
    ///
    /// An async tool is dropped then and need not ask. One that computes, or that runs on a thread of its own, does
    /// well to look now and then.
    pub async fn cancelled(&self) {
        self.cancellation.cancelled().await;
    }

    /// Whether nobody waits for the result any longer.
    pub fn is_cancelled(&self) -> bool {
        self.cancellation.is_cancelled()
    }

    /// The id of the call, as the model gave it; empty outside a call.
    pub fn call_id(&self) -> &str {
        self.call.as_ref().map_or("", |call| &call.call_id)
    }

    /// The name under which the tool was called; empty outside a call.
    pub fn tool_name(&self) -> &str {
        self.call.as_ref().map_or("", |call| &call.tool_name)
    }

    /// Says how far the tool is, to people who wait: a `status` event of the run's stream.
    ///
    /// It is progress and no result: without a run, or after its end, it is lost.
    pub async fn status(&self, text: impl AsRef<str>) {
        let text = text.as_ref();
        let sent = match self.tool_name() {
            "" => self.stream.status(text).await,
            name => self.stream.status(format!("{name}: {text}")).await,
        };
        if let Err(error) = sent {
            tracing::trace!(%error, "a tool's progress has no reader");
        }
    }

    /// [`status`](Self::status) without waiting, for tools that are not async. While the client is slow, which is when
    /// `status` waits, it is lost.
    ///
    /// ```
    /// use alphora_runtime::tool::ToolContext;
    ///
    /// fn index(files: &[&str], context: &ToolContext) {
    ///     for (nth, file) in files.iter().enumerate() {
    ///         context.try_status(format!("{file}, {} of {}", nth + 1, files.len()));
    ///     }
    /// }
    /// # index(&["a.txt"], &ToolContext::default());
    /// ```
    pub fn try_status(&self, text: impl AsRef<str>) {
        // The first poll sends it, or finds no room.
        let _ = pin!(self.status(text)).poll(&mut Context::from_waker(Waker::noop()));
    }

    /// Whether the call waits for a thread.
    pub(crate) fn thread_wait(&self) -> ThreadWait {
        self.thread_wait.clone()
    }
}

impl State {
    fn get<T: Send + Sync + 'static>(&self) -> Option<&T> {
        self.0.iter().find_map(|state| state.downcast_ref())
    }

    pub(super) fn insert<T: Send + Sync + 'static>(&mut self, state: T) {
        let states = Arc::make_mut(&mut self.0);
        states.retain(|other| !other.is::<T>());
        states.push(Arc::new(state));
    }
}

impl std::fmt::Debug for ToolContext {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ToolContext")
            .field("tool_name", &self.tool_name())
            .field("call_id", &self.call_id())
            .field("is_cancelled", &self.is_cancelled())
            .finish_non_exhaustive()
    }
}
