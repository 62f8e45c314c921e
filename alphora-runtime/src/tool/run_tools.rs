//! The loop of an agent with tools, so that the common case is one line.

mod answer;
mod calls;

#[cfg(test)]
mod tests;

use std::fmt;
use std::pin::Pin;

pub use self::answer::ToolLoopAnswer;
use self::calls::Calls;
use super::{ToolExecutor, ToolLoopError};
use crate::error::{BoxError, Error};
use crate::model::{Call, ChatOptions, FreeChoice, OpenAILike};
use crate::session::MemoryManager;
use crate::stream::DataStreamer;
use crate::wire::{IntoMessages, Message, Usage};

/// The loop of an agent with tools, made by [`ToolExecutor::run_tools`]: calls the model, makes the calls that it
/// wants, calls it again, until it answers without. Awaiting it runs it and gives the answer, a [`ToolLoopAnswer`].
///
/// ```
/// # use alphora_runtime::model::{OpenAILike, ScriptedModel, ScriptedReply};
/// # use alphora_runtime::session::MemoryManager;
/// # use alphora_runtime::stream::DataStreamer;
/// # use alphora_runtime::tool::{Tool, ToolArguments, ToolContext, ToolError, ToolOutput, ToolParameters};
/// # use alphora_runtime::tool::{ToolExecutor, ToolRegistry};
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
/// # let mut registry = ToolRegistry::new();
/// # registry.register(Weather)?;
/// # let executor = ToolExecutor::new(registry);
/// # let llm = OpenAILike::from_model(ScriptedModel::new([
/// #     ScriptedReply::tool_call("get_weather", r#"{"city": "Rome"}"#), "It is sunny in Rome.".into(),
/// # ]));
/// # let (mut memory, stream) = (MemoryManager::default(), DataStreamer::capture());
/// memory.add_user("How is the weather in Rome?");
/// let answer = executor.run_tools(&llm, &mut memory, &stream).max_rounds(4).await?;
/// stream.stop().await?;
///
/// assert_eq!(answer, "It is sunny in Rome.");
/// assert_eq!((answer.finish_reason().as_str(), answer.rounds()), ("stop", 1));
/// assert_eq!(stream.captured(), [
///     ("status", "get_weather: started"),
///     ("status", "get_weather: done"),
///     ("text", "It is sunny in Rome."),
/// ]);
/// # Ok(()) }
/// ```
///
/// Text and thinking are sent as they come, text before a tool call too. The memory gets what the model said, its
/// calls, their results, and the answer. The loop ends with a [`ToolLoopError`] (in an [`Error`] of kind
/// [`ErrorKind::Tool`](crate::ErrorKind::Tool)) after too many rounds, or when three rounds in a row were the same
/// calls with the same results: nothing new would come of a fourth. The memory then holds the rounds that were made, and
/// no call without its result; an agent that fails with the error leaves its session as it was.
#[must_use = "the loop runs when it is awaited"]
pub struct RunTools<'a> {
    executor: ToolExecutor,
    llm: OpenAILike,
    memory: &'a mut MemoryManager,
    stream: &'a DataStreamer,
    max_rounds: usize,
    call: Box<dyn Fn(Call) -> Call + Send + 'a>,
    history: Box<History<'a>>,
}

type History<'a> = dyn Fn(&MemoryManager) -> Messages + Send + 'a;

/// Messages, or why there are none: the call that they are for says so.
struct Messages(Result<Vec<Message>, BoxError>);

impl IntoMessages for Messages {
    fn into_messages(self) -> Result<Vec<Message>, BoxError> {
        self.0
    }
}

impl<'a> RunTools<'a> {
    pub(super) fn new(
        executor: ToolExecutor,
        llm: OpenAILike,
        memory: &'a mut MemoryManager,
        stream: &'a DataStreamer,
        max_rounds: usize,
    ) -> Self {
        let history = |memory: &MemoryManager| Messages(IntoMessages::into_messages(memory.build_history()));
        Self {
            executor,
            llm,
            memory,
            stream,
            max_rounds,
            call: Box::new(|call| call),
            history: Box::new(history),
        }
    }

    /// How often tools are called before the loop gives up. Default: what the executor says, which is 8.
    pub fn max_rounds(mut self, rounds: usize) -> Self {
        self.max_rounds = rounds;
        self
    }

    /// How the model is to answer, in every call; see [`call`](Self::call) for `tool_choice`.
    pub fn options(self, options: ChatOptions) -> Self {
        self.call(move |call| call.options(options.clone()))
    }

    /// Changes every call of the model before it is sent, after the changes that were given before.
    ///
    /// `.call(|call| call.temperature(0.0))` is the usual form. A `tool_choice` that forces the model to call a tool,
    /// `Required` or a function, holds for the first call only: afterwards the model is free to answer.
    pub fn call(mut self, change: impl Fn(Call) -> Call + Send + 'a) -> Self {
        let before = self.call;
        self.call = Box::new(move |call| change(before(call)));
        self
    }

    /// What the model reads of the memory, asked before every call. Default: `memory.build_history()`.
    ///
    /// `.history(|memory| memory.build_history().max_rounds(10))` bounds it.
    pub fn history<H: IntoMessages>(mut self, history: impl Fn(&MemoryManager) -> H + Send + 'a) -> Self {
        self.history = Box::new(move |memory| Messages(history(memory).into_messages()));
        self
    }

    async fn run(self) -> Result<ToolLoopAnswer, Error> {
        let Self { executor, mut llm, memory, stream, max_rounds, call, history } = self;
        let (mut made, mut usage) = (Calls::default(), Usage::default());
        loop {
            let mut reply = call(llm.acall(history(memory)).tools(executor.registry())).await?;
            reply.send_to(stream).await?;
            let message = reply.message().await?;
            usage += reply.usage().await?;
            let calls = message.tool_calls.clone();
            // Calls that are not made any more stay out of the memory: no model takes a call without its result.
            if !calls.is_empty() && made.rounds() >= max_rounds {
                return Err(
                    ToolLoopError::TooManyRounds { rounds: made.rounds(), called: made.counted() }.into()
                );
            }
            memory.add_assistant(message);
            if calls.is_empty() {
                let text = reply.response().await?.to_owned();
                let finish_reason = reply.finish_reason().await?.clone();
                return Ok(ToolLoopAnswer { text, finish_reason, usage, rounds: made.rounds() });
            }
            if made.rounds() == 0 {
                llm = OpenAILike::from_model(FreeChoice(llm)).bound_to(stream);
            }
            let results = executor.execute(&calls).await;
            made.add(&calls, &results);
            memory.add_tool_result(results);
            if let Some(rounds) = made.repeated() {
                return Err(ToolLoopError::Repeated { rounds, called: made.counted() }.into());
            }
        }
    }
}

impl<'a> IntoFuture for RunTools<'a> {
    type Output = Result<ToolLoopAnswer, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl fmt::Debug for RunTools<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunTools")
            .field("executor", &self.executor)
            .field("llm", &self.llm)
            .field("max_rounds", &self.max_rounds)
            .finish_non_exhaustive()
    }
}
