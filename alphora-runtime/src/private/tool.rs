//! What `#[tool]` asks of a function's parameters and result, each trait for its message, and how it is run.

use std::any::Any;
use std::borrow::Cow;
use std::fmt::Display;
use std::panic::resume_unwind;
use std::pin::Pin;
use std::time::Duration;

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio_util::task::AbortOnDropHandle;

use super::judge::{Always, Attempted};
use crate::tool::{
    THREADS, Tool, ToolArguments, ToolContext, ToolError, ToolErrorKind, ToolOutput, ToolParameters,
};

/// A function under `#[tool]`, written by the macro: all that it says of a tool.
pub trait ToolFunction: Send + Sync + 'static {
    /// See [`Tool::name`].
    const NAME: &'static str;
    /// See [`Tool::description`].
    const DESCRIPTION: &'static str;
    /// See [`Tool::is_strict`].
    const STRICT: bool = true;
    /// See [`Tool::timeout`]; in seconds.
    const TIMEOUT: Option<u64> = None;

    /// See [`Tool::parameters`].
    fn parameters() -> ToolParameters;

    /// Calls the function.
    fn run(&self, given: &mut Given) -> impl Future<Output = Ran> + Send;
}

/// How a call of a tool went.
pub type Ran = Result<ToolOutput, ToolError>;

#[diagnostic::do_not_recommend]
impl<F: ToolFunction> Tool for F {
    fn name(&self) -> &str {
        F::NAME
    }

    fn description(&self) -> &str {
        F::DESCRIPTION
    }

    fn parameters(&self) -> ToolParameters {
        F::parameters()
    }

    fn is_strict(&self) -> bool {
        F::STRICT
    }

    fn timeout(&self) -> Option<Duration> {
        F::TIMEOUT.map(Duration::from_secs)
    }

    async fn call(&self, arguments: ToolArguments, context: ToolContext) -> Ran {
        self.run(&mut Given { arguments, context }).await
    }
}

/// What an asynchronous tool returns when it is called as a function.
pub type Pending<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// The future of a tool, if any thread may run it.
pub fn pending<F: Future + Send + 'static>(future: F) -> Pending<F::Output> {
    Box::pin(future)
}

/// What a tool was called with.
#[derive(Debug, Default)]
pub struct Given {
    arguments: ToolArguments,
    context: ToolContext,
}

impl Given {
    /// Runs a function that may block on a thread where it may, as soon as one of the threads for tools is free. A
    /// function that still waits for a thread when nobody waits for it any longer never runs.
    ///
    /// # Errors
    /// What the function says, or that there is no runtime.
    pub async fn blocking<F>(&mut self, function: F) -> Ran
    where
        F: FnOnce(&mut Self) -> Ran + Send + 'static,
    {
        self.on_one_of(&THREADS, function).await
    }

    async fn on_one_of<F>(&mut self, threads: &'static Semaphore, function: F) -> Ran
    where
        F: FnOnce(&mut Self) -> Ran + Send + 'static,
    {
        let Ok(runtime) = Handle::try_current() else {
            return Err(ToolError::failed("a tool that is not async needs Tokio's runtime to run on"));
        };
        let wait = self.context.thread_wait();
        wait.begin();
        let permit = threads.acquire().await;
        let (mut given, span) = (std::mem::take(self), tracing::Span::current());
        let task = runtime.spawn_blocking(move || {
            // Held until the function really ends, which may be long after its call was given up.
            let _permit = permit;
            if !wait.end() {
                return Err(ToolError::new(ToolErrorKind::Cancelled, "nobody waits for the result"));
            }
            span.in_scope(|| function(&mut given))
        });
        match AbortOnDropHandle::new(task).await {
            Ok(result) => result,
            Err(error) => match error.try_into_panic() {
                // Whoever calls tools deals with panics, in the same way for those that are async.
                Ok(panic) => resume_unwind(panic),
                Err(_) => Err(ToolError::new(ToolErrorKind::Cancelled, "the runtime is shutting down")),
            },
        }
    }
}

/// The type of a tool's parameter.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a tool's parameter\n\
               help: derive `schemars::JsonSchema` (of schemars 1) and `serde::Deserialize` for it",
    label = "has no JSON schema, or is not read from JSON"
)]
pub trait Argument: Sized {
    /// What a model is told of it.
    fn described(name: &'static str, description: &'static str) -> DescribedArgument;

    /// The value for a call.
    ///
    /// # Errors
    /// What the model gave is none, in words for the model.
    fn take(given: &mut Given, name: &str) -> Result<Self, ToolError>;
}

#[diagnostic::do_not_recommend]
impl<T: JsonSchema + DeserializeOwned> Argument for T {
    fn described(name: &'static str, description: &'static str) -> DescribedArgument {
        DescribedArgument { name, description, add: ToolParameters::with::<T> }
    }

    fn take(given: &mut Given, name: &str) -> Result<Self, ToolError> {
        given.arguments.take(name)
    }
}

#[diagnostic::do_not_recommend]
impl Argument for ToolContext {
    fn described(name: &'static str, description: &'static str) -> DescribedArgument {
        DescribedArgument { name, description, add: |parameters, _, _| parameters }
    }

    fn take(given: &mut Given, _: &str) -> Result<Self, ToolError> {
        Ok(given.context.clone())
    }
}

/// One parameter with its schema still to be made.
#[derive(Debug)]
pub struct DescribedArgument {
    name: &'static str,
    description: &'static str,
    add: fn(ToolParameters, &str, &str) -> ToolParameters,
}

/// The schema of all parameters.
pub fn parameters(described: &[DescribedArgument]) -> ToolParameters {
    described.iter().fold(ToolParameters::new(), |parameters, argument| {
        (argument.add)(parameters, argument.name, argument.description)
    })
}

/// A kind of result; `Self` is what the judge said of its type.
pub trait Outcome<T>: Sized {
    /// The result as a model reads it.
    ///
    /// # Errors
    /// The result is one, or it has no JSON.
    fn output(self, result: T) -> Ran;
}

impl<T: Answer> Outcome<T> for Always {
    fn output(self, result: T) -> Ran {
        result.answer()
    }
}

impl<T: Answer, E: Reason> Outcome<Result<T, E>> for Attempted {
    fn output(self, result: Result<T, E>) -> Ran {
        match result {
            Ok(value) => value.answer(),
            Err(error) => Err(error.reason()),
        }
    }
}

/// What a tool may return.
#[diagnostic::on_unimplemented(
    message = "a tool cannot return `{Self}`\n\
               help: derive `serde::Serialize` for it, or return a text",
    label = "has no JSON"
)]
pub trait Answer {
    /// As a model reads it: a text as it is, nothing as "done", and any other value as JSON.
    ///
    /// # Errors
    /// It has no JSON.
    fn answer(self) -> Ran;
}

#[diagnostic::do_not_recommend]
impl<T: Serialize + 'static> Answer for T {
    fn answer(self) -> Ran {
        let mut value = Some(self);
        if let Some(text) = taken::<String>(&mut value) {
            Ok(ToolOutput::text(text))
        } else if let Some(text) = taken::<&'static str>(&mut value) {
            Ok(ToolOutput::text(text))
        } else if let Some(text) = taken::<Cow<'static, str>>(&mut value) {
            Ok(ToolOutput::text(text))
        } else if taken::<()>(&mut value).is_some() {
            Ok(ToolOutput::text("done"))
        } else {
            ToolOutput::json(&value)
        }
    }
}

#[diagnostic::do_not_recommend]
impl Answer for ToolOutput {
    fn answer(self) -> Ran {
        Ok(self)
    }
}

/// What a tool may fail with.
#[diagnostic::on_unimplemented(
    message = "a tool cannot fail with `{Self}`\n\
               help: implement `Display` for it: the model reads its words",
    label = "has no words for the model"
)]
pub trait Reason {
    /// In words for a model.
    fn reason(self) -> ToolError;
}

#[diagnostic::do_not_recommend]
impl<E: Display + 'static> Reason for E {
    fn reason(self) -> ToolError {
        let mut error = Some(self);
        match taken::<ToolError>(&mut error) {
            Some(error) => error,
            None => error.map_or_else(|| ToolError::failed(""), ToolError::failed),
        }
    }
}

/// The value, if it is a `T`.
fn taken<T: 'static>(value: &mut dyn Any) -> Option<T> {
    value.downcast_mut::<Option<T>>().and_then(Option::take)
}

#[cfg(test)]
mod tests;
