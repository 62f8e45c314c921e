//! What a tool is: it has a name, words for a model and a schema, and it can be called.

use std::any::type_name;
use std::pin::Pin;
use std::time::Duration;

use super::{ToolArguments, ToolContext, ToolError, ToolOutput, ToolParameters};

/// What a model can have called. `#[tool]` implements it for a function; this is how it is done by hand.
///
/// ```
/// use alphora_runtime::tool::{
///     Tool, ToolArguments, ToolContext, ToolError, ToolExecutor, ToolOutput, ToolParameters, ToolRegistry,
/// };
/// use alphora_runtime::wire::ToolCall;
///
/// struct Add;
///
/// impl Tool for Add {
///     fn name(&self) -> &str {
///         "add"
///     }
///
///     fn description(&self) -> &str {
///         "Adds two numbers."
///     }
///
///     fn parameters(&self) -> ToolParameters {
///         ToolParameters::new().with::<i64>("left", "").with::<i64>("right", "")
///     }
///
///     async fn call(&self, mut arguments: ToolArguments, _: ToolContext) -> Result<ToolOutput, ToolError> {
///         let (left, right): (i64, i64) = (arguments.take("left")?, arguments.take("right")?);
///         let sum = left.checked_add(right).ok_or_else(|| ToolError::failed("the sum is too large"))?;
///         ToolOutput::json(&sum)
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> alphora_runtime::Result {
/// let mut registry = ToolRegistry::new();
/// registry.register(Add)?;
/// let results = ToolExecutor::new(registry)
///     .execute([
///         ToolCall::new("call_1", "add", r#"{"left": 2, "right": 3}"#),
///         ToolCall::new("call_2", "add", r#"{"left": 2}"#),
///     ])
///     .await;
/// assert_eq!(results[0].content, "5");
/// assert_eq!(results[1].content, r#"{"error":"invalid_arguments","message":"`right` is missing: expected an integer"}"#);
/// # Ok(()) }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no tool\n\
               help: write `#[tool]` above the function, and give its name without parentheses",
    label = "no tool"
)]
pub trait Tool: Send + Sync + 'static {
    /// The name by which a model calls it: 1 to 64 of `A-Z a-z 0-9 _ -`.
    fn name(&self) -> &str;

    /// What it does, in words for a model.
    fn description(&self) -> &str;

    /// What it takes.
    fn parameters(&self) -> ToolParameters;

    /// Whether the schema of its arguments must be what OpenAI's strict mode accepts, so that a model server can
    /// hold the model to it. What cannot be is then an error of registration. Without it the schema is sent as it
    /// is; arguments are checked against it either way.
    fn is_strict(&self) -> bool {
        true
    }

    /// The longest time that a call may take; `None`: what the executor says.
    fn timeout(&self) -> Option<Duration> {
        None
    }

    /// Does what it is for. Dropping the future stops it.
    ///
    /// # Errors
    /// It cannot. The model reads why.
    fn call(
        &self,
        arguments: ToolArguments,
        context: ToolContext,
    ) -> impl Future<Output = Result<ToolOutput, ToolError>> + Send;
}

type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// [`Tool`] behind a pointer, without what is asked only once, when it is registered.
pub(super) trait AnyTool: Send + Sync {
    fn type_name(&self) -> &'static str;
    fn call(
        &self,
        arguments: ToolArguments,
        context: ToolContext,
    ) -> BoxFuture<'_, Result<ToolOutput, ToolError>>;
}

impl<T: Tool> AnyTool for T {
    fn type_name(&self) -> &'static str {
        type_name::<T>()
    }

    fn call(
        &self,
        arguments: ToolArguments,
        context: ToolContext,
    ) -> BoxFuture<'_, Result<ToolOutput, ToolError>> {
        Box::pin(Tool::call(self, arguments, context))
    }
}
