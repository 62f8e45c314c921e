//! One call, from the model's text to its result.

use tokio_util::sync::CancellationToken;

use super::contained::{contained, panicked};
use super::watch::Watch;
use super::{ToolExecutor, lookup, parse};
use crate::tool::{
    RegisteredTool, ToolArguments, ToolContext, ToolError, ToolErrorKind, ToolOutput, ToolResult,
};
use crate::wire::ToolCall;

impl ToolExecutor {
    /// Makes one call. Whatever becomes of it, the tool's token is cancelled afterwards.
    pub(super) async fn make(self, call: ToolCall, watch: Option<Watch>) -> ToolResult {
        let cancellation = self.cancellation.child_token();
        let _over = cancellation.clone().drop_guard();
        let outcome = tokio::select! {
            biased;
            () = self.cancellation.cancelled() => Err(cancelled()),
            outcome = self.outcome(&call, &cancellation) => outcome,
        };
        // A thread that was left behind hears it now, and not after the hooks.
        cancellation.cancel();
        let mut result = ToolResult::new(&call.id, &call.function.name, outcome);
        tracing::debug!(
            tool = call.function.name,
            call_id = call.id,
            error = result.error.map(ToolErrorKind::as_str),
            "tool called"
        );
        self.tell_hooks(&call, &mut result).await;
        result.limit(self.settings.max_output_bytes);
        if let Some(watch) = watch {
            watch.end(&result);
        }
        result
    }

    async fn outcome(
        &self,
        call: &ToolCall,
        cancellation: &CancellationToken,
    ) -> Result<ToolOutput, ToolError> {
        let tool = lookup::tool(&self.settings.registry, call)?;
        let arguments = parse::arguments(tool, &call.function.arguments)?;
        let context = ToolContext::of_call(
            self.settings.state.clone(),
            self.stream.clone().unwrap_or_default(),
            cancellation.clone(),
            (&call.id, tool.name()),
        );
        self.ask_hooks(call, &context).await?;
        self.tell(tool, "started").await;
        let outcome = self.within_time(tool, arguments, context).await;
        self.tell(tool, if outcome.is_ok() { "done" } else { "failed" }).await;
        outcome
    }

    async fn within_time(
        &self,
        tool: &RegisteredTool,
        arguments: ToolArguments,
        context: ToolContext,
    ) -> Result<ToolOutput, ToolError> {
        let limit = tool.timeout().unwrap_or(self.settings.timeout);
        let wait = context.thread_wait();
        // The call is made inside the future, because a tool's `call` may panic before it gives one.
        let called = contained(async move { tool.tool().call(arguments, context).await });
        match tokio::time::timeout(limit, called).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(words)) => {
                tracing::error!(tool = tool.name(), panic = words, "a tool panicked");
                Err(panicked())
            }
            Err(_) if wait.end() => {
                let message = format!(
                    "all threads for tools are busy, and the call was not begun within {limit:?}: go on without it, \
                     or try again later"
                );
                Err(ToolError::new(ToolErrorKind::Timeout, message))
            }
            Err(_) => {
                let message = format!(
                    "the tool took longer than {limit:?}, and its result is not waited for; whether it has done its \
                     work is not known: ask for less, or go on without it"
                );
                Err(ToolError::new(ToolErrorKind::Timeout, message))
            }
        }
    }

    /// Tells the run's client what happens, if it is to be told.
    async fn tell(&self, tool: &RegisteredTool, what: &str) {
        let Some(stream) = self.stream.as_ref().filter(|_| self.settings.status) else { return };
        if let Err(error) = stream.status(format!("{}: {what}", tool.name())).await {
            tracing::trace!(%error, "a tool's progress has no reader");
        }
    }
}

fn cancelled() -> ToolError {
    ToolError::new(ToolErrorKind::Cancelled, "the run has ended")
}
