//! Hooks are asked and told, each for a bounded time.

use std::time::Duration;

use tokio::time::timeout;

use super::ToolExecutor;
use super::contained::contained;
use crate::tool::{ToolContext, ToolError, ToolResult};
use crate::wire::ToolCall;

/// How long a hook may take before a call. It may wait for a person, so this is only for executors that work for no
/// run; a run ends earlier.
const LONGEST_BEFORE: Duration = Duration::from_secs(60 * 60);
/// How long a hook may take after a call.
const LONGEST_AFTER: Duration = Duration::from_secs(10);

impl ToolExecutor {
    /// Asks all hooks until one does not allow the call. The end of the run is the caller's to watch.
    pub(super) async fn ask_hooks(&self, call: &ToolCall, context: &ToolContext) -> Result<(), ToolError> {
        let tool = &call.function.name;
        for hook in &self.settings.hooks {
            match timeout(LONGEST_BEFORE, contained(async { hook.before(call, context).await })).await {
                Ok(Ok(allowed)) => allowed?,
                Ok(Err(words)) => {
                    tracing::error!(tool, panic = words, "a hook panicked before a call");
                    return Err(unchecked());
                }
                Err(_) => {
                    tracing::error!(tool, limit = ?LONGEST_BEFORE, "a hook took too long before a call");
                    return Err(unchecked());
                }
            }
        }
        Ok(())
    }

    /// Tells all hooks what came of a call. A result that a hook has not finished with is withheld: it may have been
    /// about to take a secret out of it.
    pub(super) async fn tell_hooks(&self, call: &ToolCall, result: &mut ToolResult) {
        let tool = &call.function.name;
        for hook in &self.settings.hooks {
            let is_done = tokio::select! {
                biased;
                // First, so that a hook that need not wait is also told of a call that has ended with its run.
                told = timeout(LONGEST_AFTER, contained(async { hook.after(call, result).await })) => match told {
                    Ok(Ok(())) => true,
                    Ok(Err(words)) => {
                        tracing::error!(tool, panic = words, "a hook panicked after a call");
                        false
                    }
                    Err(_) => {
                        tracing::error!(tool, limit = ?LONGEST_AFTER, "a hook took too long after a call");
                        false
                    }
                },
                () = self.cancellation.cancelled() => {
                    tracing::warn!(tool, "a hook was given up after a call, because the run has ended");
                    false
                }
            };
            if !is_done {
                let withheld = "the result could not be checked and is withheld: go on without this tool";
                *result = ToolResult::new(&call.id, tool, Err(ToolError::blocked(withheld)));
            }
        }
    }
}

/// What the model reads when a hook has no answer.
fn unchecked() -> ToolError {
    ToolError::blocked("the call could not be checked: go on without this tool")
}
