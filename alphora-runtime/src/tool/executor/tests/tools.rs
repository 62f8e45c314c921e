//! Tools and calls for tests.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use crate::tool::{
    Tool, ToolArguments, ToolContext, ToolError, ToolExecutor, ToolOutput, ToolParameters, ToolRegistry,
    ToolResult,
};
use crate::wire::ToolCall;

type Answer = Pin<Box<dyn Future<Output = Result<ToolOutput, ToolError>> + Send>>;

/// A tool that does what a closure does.
#[derive(Clone)]
pub(super) struct Closure {
    name: &'static str,
    parameters: ToolParameters,
    timeout: Option<Duration>,
    run: Arc<dyn Fn(ToolArguments, ToolContext) -> Answer + Send + Sync>,
}

pub(super) fn tool<F>(
    name: &'static str,
    parameters: ToolParameters,
    run: impl Fn(ToolArguments, ToolContext) -> F + Send + Sync + 'static,
) -> Closure
where
    F: Future<Output = Result<ToolOutput, ToolError>> + Send + 'static,
{
    let run = move |arguments, context| Box::pin(run(arguments, context)) as Answer;
    Closure { name, parameters, timeout: None, run: Arc::new(run) }
}

impl Closure {
    pub(super) fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }
}

impl Tool for Closure {
    fn name(&self) -> &str {
        self.name
    }

    fn description(&self) -> &'static str {
        ""
    }

    fn parameters(&self) -> ToolParameters {
        self.parameters.clone()
    }

    fn timeout(&self) -> Option<Duration> {
        self.timeout
    }

    async fn call(&self, arguments: ToolArguments, context: ToolContext) -> Result<ToolOutput, ToolError> {
        (self.run)(arguments, context).await
    }
}

/// Gives its argument `text` back.
pub(super) fn echo() -> Closure {
    let parameters = ToolParameters::new().with::<String>("text", "");
    tool("echo", parameters, |mut arguments, _| async move {
        Ok(ToolOutput::text(arguments.take::<String>("text")?))
    })
}

/// Waits for its argument `seconds`.
pub(super) fn wait() -> Closure {
    let parameters = ToolParameters::new().with::<u64>("seconds", "");
    tool("wait", parameters, |mut arguments, _| async move {
        let seconds = arguments.take::<u64>("seconds")?;
        tokio::time::sleep(Duration::from_secs(seconds)).await;
        Ok(ToolOutput::text(format!("waited {seconds}")))
    })
}

pub(super) fn executor(tools: impl IntoIterator<Item = Closure>) -> ToolExecutor {
    let mut registry = ToolRegistry::new();
    for tool in tools {
        registry.register(tool).unwrap();
    }
    ToolExecutor::new(registry)
}

pub(super) fn call(id: &str, name: &str, arguments: &str) -> ToolCall {
    ToolCall::new(id, name, arguments)
}

pub(super) fn waits(seconds: impl IntoIterator<Item = u64>) -> Vec<ToolCall> {
    let calls = seconds.into_iter().enumerate();
    calls
        .map(|(nth, seconds)| call(&format!("call_{nth}"), "wait", &format!(r#"{{"seconds": {seconds}}}"#)))
        .collect()
}

/// The one result of the one call.
pub(super) async fn result(executor: &ToolExecutor, name: &str, arguments: &str) -> ToolResult {
    let mut results = executor.execute([call("call_1", name, arguments)]).await;
    assert_eq!(results.len(), 1);
    results.remove(0)
}
