//! What can be sent to a model as its messages and as its tools.

use std::borrow::Cow;

use super::{Message, ToolDefinition};
use crate::error::BoxError;

/// What can be sent to a model as its messages: a text, which is what a user says, one message, several, or the
/// history of a [`MemoryManager`](crate::session::MemoryManager).
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be sent to a model\n\
               help: give a text, a `Message`, a list of messages, or `memory.build_history()`",
    label = "no messages"
)]
pub trait IntoMessages {
    /// The messages, the earliest first.
    ///
    /// # Errors
    /// They cannot be sent as they are: a history with a call that has no result, for example.
    fn into_messages(self) -> Result<Vec<Message>, BoxError>;
}

macro_rules! user_says {
    ($($text:ty),*) => {
        $(
            impl IntoMessages for $text {
                fn into_messages(self) -> Result<Vec<Message>, BoxError> {
                    Ok(vec![Message::user(self)])
                }
            }
        )*
    };
}

user_says!(&str, String, Cow<'_, str>);

impl IntoMessages for &String {
    fn into_messages(self) -> Result<Vec<Message>, BoxError> {
        self.as_str().into_messages()
    }
}

impl IntoMessages for Message {
    fn into_messages(self) -> Result<Vec<Message>, BoxError> {
        Ok(vec![self])
    }
}

impl IntoMessages for Vec<Message> {
    fn into_messages(self) -> Result<Vec<Message>, BoxError> {
        Ok(self)
    }
}

impl IntoMessages for &[Message] {
    fn into_messages(self) -> Result<Vec<Message>, BoxError> {
        Ok(self.to_vec())
    }
}

impl IntoMessages for &Vec<Message> {
    fn into_messages(self) -> Result<Vec<Message>, BoxError> {
        Ok(self.clone())
    }
}

impl<const N: usize> IntoMessages for [Message; N] {
    fn into_messages(self) -> Result<Vec<Message>, BoxError> {
        Ok(self.into())
    }
}

/// What can be offered to a model as its tools: definitions, tools, or a whole
/// [`ToolRegistry`](crate::tool::ToolRegistry).
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be offered to a model as tools\n\
               help: give a `&ToolRegistry`, `registry.get_all_tools()`, or a list of `ToolDefinition`s",
    label = "no tools"
)]
pub trait IntoTools {
    /// The definitions, in the order in which the model reads them.
    fn into_tools(self) -> Vec<ToolDefinition>;
}

impl IntoTools for ToolDefinition {
    fn into_tools(self) -> Vec<ToolDefinition> {
        vec![self]
    }
}

impl IntoTools for Vec<ToolDefinition> {
    fn into_tools(self) -> Vec<ToolDefinition> {
        self
    }
}

impl IntoTools for &[ToolDefinition] {
    fn into_tools(self) -> Vec<ToolDefinition> {
        self.to_vec()
    }
}

impl IntoTools for &Vec<ToolDefinition> {
    fn into_tools(self) -> Vec<ToolDefinition> {
        self.clone()
    }
}

impl<const N: usize> IntoTools for [ToolDefinition; N] {
    fn into_tools(self) -> Vec<ToolDefinition> {
        self.into()
    }
}
