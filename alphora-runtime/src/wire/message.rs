//! One message of a conversation.

use std::borrow::Cow;
use std::fmt;

use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use super::path::Path;
use super::reader::{MAX_LIST, Reader, once};
use super::request_error::RequestError;
use super::{Content, Fields, Role, ToolCall};
use crate::hidden::Hidden;

/// One message of a conversation.
///
/// ```
/// use alphora_runtime::wire::{Message, Role};
///
/// let message = Message::user("hi").with_name("bob");
/// assert_eq!(message.role, Role::User);
/// assert_eq!(message.text(), "hi");
/// assert_eq!(serde_json::to_string(&message).unwrap(), r#"{"role":"user","content":"hi","name":"bob"}"#);
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Message {
    /// Who says it.
    pub role: Role,
    /// What is said.
    pub content: Content,
    /// A name for who says it, to tell several apart.
    pub name: Option<String>,
    /// Of a tool's message: the call whose result this is.
    pub tool_call_id: Option<String>,
    /// Of an assistant's message: the calls that it wants made.
    pub tool_calls: Vec<ToolCall>,
    /// Every other field, verbatim: `refusal`, `audio`, `reasoning_content`, ...
    pub extra: Fields,
}

impl Message {
    /// A message of any role.
    pub fn new(role: impl Into<Role>, content: impl Into<Content>) -> Self {
        Self {
            role: role.into(),
            content: content.into(),
            name: None,
            tool_call_id: None,
            tool_calls: Vec::new(),
            extra: Fields::new(),
        }
    }

    /// Something that the person says.
    pub fn user(content: impl Into<Content>) -> Self {
        Self::new(Role::User, content)
    }

    /// Something that the agent says.
    pub fn assistant(content: impl Into<Content>) -> Self {
        Self::new(Role::Assistant, content)
    }

    /// Instructions.
    pub fn system(content: impl Into<Content>) -> Self {
        Self::new(Role::System, content)
    }

    /// The result of the tool call `tool_call_id`.
    pub fn tool(tool_call_id: impl Into<String>, content: impl Into<Content>) -> Self {
        Self { tool_call_id: Some(tool_call_id.into()), ..Self::new(Role::Tool, content) }
    }

    /// The calls that an assistant wants made; what it says besides them is nothing.
    pub fn assistant_calls(tool_calls: Vec<ToolCall>) -> Self {
        Self { tool_calls, ..Self::new(Role::Assistant, Content::Null) }
    }

    /// The same message with a name for who says it.
    #[must_use]
    pub fn with_name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// The same message with the calls that an assistant wants made.
    #[must_use]
    pub fn with_tool_calls(mut self, tool_calls: Vec<ToolCall>) -> Self {
        self.tool_calls = tool_calls;
        self
    }

    /// The text: a string as it is, the text parts joined with nothing between, the JSON of an object.
    pub fn text(&self) -> Cow<'_, str> {
        self.content.text()
    }

    pub(super) fn read<'a>(
        reader: &mut Reader<'a>,
        raw: &'a RawValue,
        path: &Path<'_>,
    ) -> Result<Self, RequestError> {
        let (mut role, mut content, mut name, mut tool_call_id, mut tool_calls) =
            (None, None, None, None, None);
        let mut extra = Fields::new();
        reader.fields(raw, path, |reader, key, value| match &*key {
            "role" => once(&mut role, value, &path.field("role")),
            "content" => once(&mut content, value, &path.field("content")),
            "name" => once(&mut name, value, &path.field("name")),
            "tool_call_id" => once(&mut tool_call_id, value, &path.field("tool_call_id")),
            "tool_calls" => once(&mut tool_calls, value, &path.field("tool_calls")),
            _ => {
                reader.detail()?;
                extra.push(key.into(), value.to_owned());
                Ok(())
            }
        })?;
        let role = role.ok_or_else(|| RequestError::missing(&path.field("role")))?;
        Ok(Self {
            role: Role::from(&*reader.text(role, &path.field("role"))?),
            content: match content {
                Some(content) => Content::read(reader, content, &path.field("content"))?,
                None => Content::Null,
            },
            name: reader.optional_string(name, &path.field("name"))?,
            tool_call_id: reader.optional_string(tool_call_id, &path.field("tool_call_id"))?,
            tool_calls: match tool_calls.filter(|raw| raw.get() != "null") {
                Some(calls) => read_calls(reader, calls, &path.field("tool_calls"))?,
                None => Vec::new(),
            },
            extra,
        })
    }
}

fn read_calls<'a>(
    reader: &mut Reader<'a>,
    raw: &'a RawValue,
    path: &Path<'_>,
) -> Result<Vec<ToolCall>, RequestError> {
    let mut calls = Vec::new();
    reader.items(raw, path, (MAX_LIST, "tool calls"), |reader, path, raw| {
        reader.detail()?;
        calls.push(ToolCall::read(reader, raw, &path)?);
        Ok(())
    })?;
    Ok(calls)
}

impl Serialize for Message {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("role", &self.role)?;
        map.serialize_entry("content", &self.content)?;
        if let Some(name) = &self.name {
            map.serialize_entry("name", name)?;
        }
        if let Some(id) = &self.tool_call_id {
            map.serialize_entry("tool_call_id", id)?;
        }
        if !self.tool_calls.is_empty() {
            map.serialize_entry("tool_calls", &self.tool_calls)?;
        }
        self.extra.write(&mut map)?;
        map.end()
    }
}

/// From JSON only: what is kept verbatim cannot pass through another format, nor through serde's `flatten`,
/// `untagged` or internally tagged enums.
impl<'de> Deserialize<'de> for Message {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        super::reader::deserialize(deserializer, Self::read)
    }
}

/// How the message is made up, not what it says.
impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let role: &dyn fmt::Debug = match &self.role {
            Role::Other(word) => &Hidden(word),
            known => known,
        };
        f.debug_struct("Message")
            .field("role", role)
            .field("content", &self.content)
            .field("name", &self.name.as_deref().map(Hidden))
            .field("tool_call_id", &self.tool_call_id)
            .field("tool_calls", &self.tool_calls)
            .field("extra", &self.extra)
            .finish()
    }
}
