//! Tools that a model may call: what a tool is, the registry that holds them, the executor that calls them, and the
//! loop that an agent runs.
//!
//! A [`Tool`] has a name, words for a model, a schema of its arguments, and can be called. A [`ToolRegistry`] offers
//! tools to a model in the form that it reads. A [`ToolExecutor`] makes the calls that the model wants, and turns
//! whatever goes wrong into a [`ToolResult`] that the model can act on: only a loop without end is an error.

mod arguments;
mod context;
mod contract;
mod error;
mod output;
mod parameters;
mod thread;

mod registration_error;
mod registry;

mod executor;
mod hook;
mod result;

mod loop_error;
mod run_tools;

pub use crate::schema::SchemaError;
pub use arguments::ToolArguments;
pub use context::ToolContext;
pub use contract::Tool;
pub use error::{ToolError, ToolErrorKind};
pub use executor::ToolExecutor;
pub use hook::ToolHook;
pub use loop_error::ToolLoopError;
pub use output::ToolOutput;
pub use parameters::ToolParameters;
pub use registration_error::ToolRegistrationError;
pub use registry::{RegisteredTool, ToolRegistry};
pub use result::ToolResult;
pub use run_tools::{RunTools, ToolLoopAnswer};
#[cfg(test)]
pub(crate) use thread::MOST_THREADS;
pub(crate) use thread::THREADS;
