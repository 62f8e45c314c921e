//! Calls tools: several at once, each for a bounded time, and never with an error that ends the run.

mod contained;
mod hooks;
mod lookup;
mod one_call;
mod parse;
mod watch;

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use self::watch::Watch;
use super::context::State;
use super::hook::AnyHook;
use super::{RunTools, ToolError, ToolErrorKind, ToolHook, ToolRegistry, ToolResult};
use crate::model::OpenAILike;
use crate::session::MemoryManager;
use crate::stream::DataStreamer;
use crate::wire::ToolCall;

/// Calls the tools of a registry.
///
/// ```
/// # use alphora_runtime::tool::{Tool, ToolArguments, ToolContext, ToolError, ToolOutput, ToolParameters};
/// use alphora_runtime::tool::{ToolExecutor, ToolRegistry};
/// use alphora_runtime::wire::ToolCall;
///
/// # struct Weather;
/// # impl Tool for Weather {
/// #     fn name(&self) -> &str { "get_weather" }
/// #     fn description(&self) -> &str { "" }
/// #     fn parameters(&self) -> ToolParameters { ToolParameters::new().with::<String>("city", "") }
/// #     async fn call(&self, _: ToolArguments, _: ToolContext) -> Result<ToolOutput, ToolError> {
/// #         Ok(ToolOutput::text("sunny"))
/// #     }
/// # }
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> alphora_runtime::Result {
/// # let get_weather = Weather;
/// let mut registry = ToolRegistry::new();
/// registry.register(get_weather)?;
/// let executor = ToolExecutor::new(registry);
///
/// let calls = [
///     ToolCall::new("call_1", "get_weather", r#"{"city": "Rome"}"#),
///     ToolCall::new("call_2", "weather", r#"{"city": "Oslo"}"#),
/// ];
/// let results = executor.execute(&calls).await;
/// assert_eq!(results[0].content, "sunny");
/// assert_eq!(
///     results[1].content,
///     r#"{"error":"unknown_tool","message":"there is no tool `weather`: did you mean `get_weather`?"}"#,
/// );
/// # Ok(()) }
/// ```
///
/// It is a handle: clones share the tools, hooks and state. In an agent it is bound to the run by the generated code:
/// tools end with the run, and what they do reaches the client as `status` events. In other types, and in fields
/// whose type depends on a parameter, [`bound_to`](Self::bound_to) does that.
#[derive(Clone)]
pub struct ToolExecutor {
    settings: Arc<Settings>,
    stream: Option<DataStreamer>,
    cancellation: CancellationToken,
}

#[derive(Clone)]
struct Settings {
    registry: ToolRegistry,
    state: State,
    hooks: Vec<Arc<dyn AnyHook>>,
    timeout: Duration,
    max_parallel: usize,
    max_output_bytes: usize,
    max_rounds: usize,
    status: bool,
}

/// The most calls of one reply that are made.
const MOST_CALLS: usize = 128;

impl ToolExecutor {
    /// An executor for the tools that are in `registry` now.
    pub fn new(registry: impl Into<ToolRegistry>) -> Self {
        let settings = Settings {
            registry: registry.into(),
            state: State::default(),
            hooks: Vec::new(),
            timeout: Duration::from_secs(60),
            max_parallel: 8,
            max_output_bytes: 256 * 1024,
            max_rounds: 8,
            status: true,
        };
        Self { settings: Arc::new(settings), stream: None, cancellation: CancellationToken::new() }
    }

    fn change(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(Arc::make_mut(&mut self.settings));
        self
    }

    /// State that all tools share: `context.state::<T>()` gives it. One value of a type; a later one replaces it.
    #[must_use]
    pub fn with_state<T: Send + Sync + 'static>(self, state: T) -> Self {
        self.change(|settings| settings.state.insert(state))
    }

    /// Asks `hook` before every call, after the hooks that were given before it.
    #[must_use]
    pub fn hook(self, hook: impl ToolHook) -> Self {
        self.change(|settings| settings.hooks.push(Arc::new(hook)))
    }

    /// The longest time that a call may take, for tools that do not say themselves. Default: 60 seconds.
    ///
    /// An async tool is dropped then. A sync one runs on a thread that nobody can stop: it is left behind, its result
    /// is dropped, and its `context.is_cancelled()` is true. In the whole process at most 128 sync tools run at a time,
    /// with those that were left behind; a call for which no thread becomes free within its time is not begun.
    #[must_use]
    pub fn timeout(self, timeout: Duration) -> Self {
        self.change(|settings| settings.timeout = timeout)
    }

    /// How many calls of one reply run at a time, at least one. Default: 8.
    #[must_use]
    pub fn max_parallel(self, calls: usize) -> Self {
        self.change(|settings| settings.max_parallel = calls.max(1))
    }

    /// How many bytes of a result a model reads; the rest is cut, with a note. Default: 256 KiB.
    #[must_use]
    pub fn max_output_bytes(self, bytes: usize) -> Self {
        self.change(|settings| settings.max_output_bytes = bytes)
    }

    /// How often [`run_tools`](Self::run_tools) calls tools before it gives up. Default: 8.
    #[must_use]
    pub fn max_rounds(self, rounds: usize) -> Self {
        self.change(|settings| settings.max_rounds = rounds)
    }

    /// Whether clients see, as `status` events, which tools run: `get_weather: started`, then `get_weather: done` or
    /// `get_weather: failed`. What a tool says itself, it says in any case. Default: yes.
    #[must_use]
    pub fn status(self, status: bool) -> Self {
        self.change(|settings| settings.status = status)
    }

    /// The same executor, working for the run that `stream` belongs to. In agents the generated code does this.
    ///
    /// Calls end when the run does, and progress goes to its client.
    #[must_use]
    pub fn bound_to(&self, stream: &DataStreamer) -> Self {
        let (settings, cancellation) = (self.settings.clone(), stream.cancellation());
        Self { settings, stream: Some(stream.clone()), cancellation }
    }

    /// The tools.
    pub fn registry(&self) -> &ToolRegistry {
        &self.settings.registry
    }

    /// Makes `calls`, several at once, and gives their results in the order of the calls.
    ///
    /// It never fails: a call that could not be made, or that came to nothing, has a result that says so. Of more
    /// than 128 calls, the later ones are not made. Dropping the future stops all of them.
    pub async fn execute(&self, calls: impl AsRef<[ToolCall]>) -> Vec<ToolResult> {
        let calls = calls.as_ref();
        // Tools have clocks of their own.
        let _busy = self.stream.as_ref().map(DataStreamer::busy);
        let mut results: Vec<Option<ToolResult>> = calls.iter().map(|_| None).collect();
        let mut waiting = calls.iter().enumerate().take(MOST_CALLS);
        // Aborted when it is dropped, and with it every call.
        let mut running = JoinSet::new();
        let mut places = HashMap::new();
        loop {
            while running.len() < self.settings.max_parallel
                && let Some((place, call)) = waiting.next()
            {
                let watch = Watch::begin(self, call);
                let span = Watch::span(watch.as_ref());
                let task = self.clone().make(call.clone(), watch).instrument(span);
                places.insert(running.spawn(task).id(), place);
            }
            let (id, result) = match running.join_next_with_id().await {
                Some(Ok((id, result))) => (id, Some(result)),
                Some(Err(error)) => (error.id(), None),
                None => break,
            };
            if let Some(place) = places.remove(&id) {
                results[place] = Some(result.unwrap_or_else(|| failed(&calls[place], contained::panicked())));
            }
        }
        let too_many = || {
            let message =
                format!("at most {MOST_CALLS} calls are made at once: make this one in the next round");
            ToolError::new(ToolErrorKind::TooManyCalls, message)
        };
        let results = results.into_iter().zip(calls);
        results.map(|(result, call)| result.unwrap_or_else(|| failed(call, too_many()))).collect()
    }

    /// The loop of an agent with tools: calls the model, makes the calls that it wants, calls it again, until it
    /// answers without. See [`RunTools`].
    pub fn run_tools<'a>(
        &self,
        llm: &OpenAILike,
        memory: &'a mut MemoryManager,
        stream: &'a DataStreamer,
    ) -> RunTools<'a> {
        let executor = if self.stream.is_some() { self.clone() } else { self.bound_to(stream) };
        RunTools::new(executor, llm.bound_to(stream), memory, stream, self.settings.max_rounds)
    }
}

fn failed(call: &ToolCall, error: ToolError) -> ToolResult {
    ToolResult::new(&call.id, &call.function.name, Err(error))
}

impl fmt::Debug for ToolExecutor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ToolExecutor")
            .field("tools", &self.registry().names().collect::<Vec<_>>())
            .field("bound", &self.stream.is_some())
            .finish_non_exhaustive()
    }
}
