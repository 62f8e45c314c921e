//! What is asked before a tool is called, and told afterwards.

use std::pin::Pin;

use super::{ToolContext, ToolError, ToolResult};
use crate::wire::ToolCall;

/// What is asked before a tool is called, and told afterwards: approval, audit, redaction.
///
/// ```
/// use alphora_runtime::tool::{ToolContext, ToolError, ToolHook};
/// use alphora_runtime::wire::ToolCall;
///
/// /// Files are only read.
/// struct ReadOnly;
///
/// impl ToolHook for ReadOnly {
///     async fn before(&self, call: &ToolCall, _: &ToolContext) -> Result<(), ToolError> {
///         match call.function.name.as_str() {
///             "write_file" => Err(ToolError::blocked("files are read-only here: show the text instead")),
///             _ => Ok(()),
///         }
///     }
/// }
/// ```
///
/// Hooks run in the order in which they were given. One that panics or runs out of time before a call blocks it; after
/// a call its result is withheld, because the hook may have been about to take something out of it.
pub trait ToolHook: Send + Sync + 'static {
    /// Asked before the call is made, when its arguments are known to fit.
    ///
    /// It may wait for a person: the tool's time has not begun. It ends with its run, and after an hour in any case.
    ///
    /// # Errors
    /// The call is not made, nor are later hooks asked; the model reads why.
    fn before(
        &self,
        call: &ToolCall,
        context: &ToolContext,
    ) -> impl Future<Output = Result<(), ToolError>> + Send {
        let _ = (call, context);
        async { Ok(()) }
    }

    /// Told what came of a call, whether it was made or not; may change what the model reads. It sees the whole of a
    /// long result, which is cut afterwards.
    ///
    /// It has 10 seconds, and less if the run ends meanwhile.
    fn after(&self, call: &ToolCall, result: &mut ToolResult) -> impl Future<Output = ()> + Send {
        let _ = (call, result);
        async {}
    }
}

type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// [`ToolHook`] behind a pointer.
pub(super) trait AnyHook: Send + Sync {
    fn before<'a>(
        &'a self,
        call: &'a ToolCall,
        context: &'a ToolContext,
    ) -> BoxFuture<'a, Result<(), ToolError>>;
    fn after<'a>(&'a self, call: &'a ToolCall, result: &'a mut ToolResult) -> BoxFuture<'a, ()>;
}

impl<H: ToolHook> AnyHook for H {
    fn before<'a>(
        &'a self,
        call: &'a ToolCall,
        context: &'a ToolContext,
    ) -> BoxFuture<'a, Result<(), ToolError>> {
        Box::pin(ToolHook::before(self, call, context))
    }

    fn after<'a>(&'a self, call: &'a ToolCall, result: &'a mut ToolResult) -> BoxFuture<'a, ()> {
        Box::pin(ToolHook::after(self, call, result))
    }
}
