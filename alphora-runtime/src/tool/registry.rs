//! The tools that a model may call, by name.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde_json::value::to_raw_value;

use super::contract::{AnyTool, Tool};
use super::{SchemaError, ToolRegistrationError};
use crate::schema::CompiledSchema;
use crate::wire::{IntoTools, ToolDefinition};

/// The tools that a model may call, by name, in the order in which they were registered.
///
/// ```
/// # use alphora_runtime::tool::{Tool, ToolArguments, ToolContext, ToolError, ToolOutput, ToolParameters};
/// use alphora_runtime::tool::ToolRegistry;
///
/// # struct Named(&'static str);
/// # impl Tool for Named {
/// #     fn name(&self) -> &str { self.0 }
/// #     fn description(&self) -> &str { "" }
/// #     fn parameters(&self) -> ToolParameters { ToolParameters::new() }
/// #     async fn call(&self, _: ToolArguments, _: ToolContext) -> Result<ToolOutput, ToolError> {
/// #         Ok(ToolOutput::default())
/// #     }
/// # }
/// # let (search_web, get_weather) = (Named("search_web"), Named("get_weather"));
/// let mut registry = ToolRegistry::new();
/// registry.register(search_web)?.register(get_weather)?;
/// assert_eq!(registry.names().collect::<Vec<_>>(), ["search_web", "get_weather"]);
/// # Ok::<_, alphora_runtime::tool::ToolRegistrationError>(())
/// ```
///
/// `llm.acall(messages).tools(&registry)` offers all of them; a [`ToolExecutor`](super::ToolExecutor) calls them.
/// A clone shares the tools with its original.
#[derive(Debug, Clone, Default)]
pub struct ToolRegistry {
    tools: Vec<RegisteredTool>,
}

/// A tool in a registry: what a model reads of it, and how it is called. Clones share it.
#[derive(Clone)]
pub struct RegisteredTool(Arc<Entry>);

struct Entry {
    definition: ToolDefinition,
    schema: CompiledSchema,
    timeout: Option<Duration>,
    tool: Box<dyn AnyTool>,
}

impl ToolRegistry {
    /// A registry without tools.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds `tool` under its own name.
    ///
    /// # Errors
    /// Another tool has the name, no model server takes the name, or the schema of the arguments is none that strict
    /// mode accepts. The registry is as it was.
    pub fn register(&mut self, tool: impl Tool) -> Result<&mut Self, ToolRegistrationError> {
        let name = tool.name().to_owned();
        self.register_as(name, tool)
    }

    /// Adds `tool` under another name, for two tools that have the same.
    ///
    /// # Errors
    /// As those of [`register`](Self::register).
    pub fn register_as(
        &mut self,
        name: impl Into<String>,
        tool: impl Tool,
    ) -> Result<&mut Self, ToolRegistrationError> {
        let name = name.into();
        if !is_name(&name) {
            return Err(ToolRegistrationError::InvalidName { name, tool: type_name_of(&tool) });
        }
        if let Some(first) = self.get_tool(&name) {
            let first = first.0.tool.type_name();
            return Err(ToolRegistrationError::Duplicate { name, first, second: type_name_of(&tool) });
        }
        let registered = RegisteredTool::new(name.clone(), tool)
            .map_err(|error| ToolRegistrationError::Schema { name, error })?;
        self.tools.push(registered);
        Ok(self)
    }

    /// The tool of this name.
    pub fn get_tool(&self, name: &str) -> Option<&RegisteredTool> {
        self.tools.iter().find(|tool| tool.name() == name)
    }

    /// All tools, in order, under the name that the seed has for it.
    pub fn get_all_tools(&self) -> Vec<RegisteredTool> {
        self.tools.clone()
    }

    /// What a model reads, in order.
    pub fn definitions(&self) -> Vec<ToolDefinition> {
        definitions(&self.tools)
    }

    /// The names, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.tools.iter().map(RegisteredTool::name)
    }

    /// How many tools there are.
    pub fn len(&self) -> usize {
        self.tools.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.tools.is_empty()
    }

    /// Removes all tools.
    pub fn clear(&mut self) {
        self.tools.clear();
    }
}

impl RegisteredTool {
    fn new<T: Tool>(name: String, tool: T) -> Result<Self, SchemaError> {
        let compile = if tool.is_strict() { CompiledSchema::strict } else { CompiledSchema::open };
        let schema = compile(&tool.parameters().schema())?;
        let sent = to_raw_value(schema.sent()).map_err(|error| SchemaError::unwritable(&error))?;
        let mut definition = ToolDefinition::new(name).with_parameters(sent).with_strict(schema.is_strict());
        if !tool.description().is_empty() {
            definition = definition.with_description(tool.description());
        }
        let timeout = tool.timeout();
        Ok(Self(Arc::new(Entry { definition, schema, timeout, tool: Box::new(tool) })))
    }

    /// The name by which a model calls it.
    pub fn name(&self) -> &str {
        &self.0.definition.name
    }

    /// What it does, in words for a model; may be empty.
    pub fn description(&self) -> &str {
        self.0.definition.description.as_deref().unwrap_or_default()
    }

    /// What a model reads.
    pub fn definition(&self) -> &ToolDefinition {
        &self.0.definition
    }

    /// The longest time that a call may take, if the tool says.
    pub fn timeout(&self) -> Option<Duration> {
        self.0.timeout
    }

    pub(super) fn schema(&self) -> &CompiledSchema {
        &self.0.schema
    }

    pub(super) fn tool(&self) -> &dyn AnyTool {
        &*self.0.tool
    }
}

impl fmt::Debug for RegisteredTool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RegisteredTool")
            .field("name", &self.name())
            .field("type", &self.0.tool.type_name())
            .finish_non_exhaustive()
    }
}

/// OpenAI's rule for names of functions, which other servers share.
fn is_name(name: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    (1..=64).contains(&name.len()) && name.bytes().all(is_allowed)
}

fn type_name_of<T: Tool>(_: &T) -> &'static str {
    std::any::type_name::<T>()
}

fn definitions(tools: &[RegisteredTool]) -> Vec<ToolDefinition> {
    tools.iter().map(|tool| tool.definition().clone()).collect()
}

impl From<&Self> for ToolRegistry {
    fn from(registry: &Self) -> Self {
        registry.clone()
    }
}

impl IntoTools for &ToolRegistry {
    fn into_tools(self) -> Vec<ToolDefinition> {
        self.definitions()
    }
}

impl IntoTools for Vec<RegisteredTool> {
    fn into_tools(self) -> Vec<ToolDefinition> {
        definitions(&self)
    }
}

impl IntoTools for &Vec<RegisteredTool> {
    fn into_tools(self) -> Vec<ToolDefinition> {
        definitions(self)
    }
}

impl IntoTools for &[RegisteredTool] {
    fn into_tools(self) -> Vec<ToolDefinition> {
        definitions(self)
    }
}
