//! What can be added to a memory: what an assistant said, and what its tools answered.

use std::borrow::Cow;

use crate::wire::{Content, ContentPart, Message, Role};

/// What an assistant has said: a text, any [`Content`], or a whole [`Message`] with tool calls.
///
/// ```
/// use alphora_runtime::session::MemoryManager;
/// use alphora_runtime::wire::{Message, ToolCall};
///
/// let mut memory = MemoryManager::default();
/// memory.add_assistant("hello");
/// memory.add_assistant(Message::assistant_calls(vec![ToolCall::new("call_1", "weather", "{}")]));
/// assert_eq!(memory.pending_tool_calls().len(), 1);
/// ```
///
/// Another type can be added once `From` makes this of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssistantTurn(Message);

impl AssistantTurn {
    /// The message. Its role is the assistant's.
    pub fn into_message(self) -> Message {
        self.0
    }
}

/// Whatever role the message names, it becomes the assistant's.
impl From<Message> for AssistantTurn {
    fn from(mut message: Message) -> Self {
        message.role = Role::Assistant;
        Self(message)
    }
}

macro_rules! assistant_says {
    ($($content:ty),*) => {
        $(
            impl From<$content> for AssistantTurn {
                fn from(content: $content) -> Self {
                    Self(Message::assistant(content))
                }
            }
        )*
    };
}

assistant_says!(&str, String, &String, Cow<'_, str>, Content, Vec<ContentPart>);

/// Results of tool calls, one or several: messages, pairs of a call's id and a content, or lists of either.
///
/// ```
/// use alphora_runtime::session::MemoryManager;
/// use alphora_runtime::wire::{Message, ToolCall};
///
/// let mut memory = MemoryManager::default();
/// let calls = ["call_1", "call_2", "call_3"].map(|id| ToolCall::new(id, "weather", "{}"));
/// memory.add_assistant(Message::assistant_calls(calls.into()));
/// memory.add_tool_result(("call_1", "sunny"));
/// memory.add_tool_result([("call_2", "cloudy"), ("call_3", "rain")]);
/// assert!(memory.check_tool_chain().is_ok());
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no result of a tool call\n\
               help: give what the executor returned, a pair of a call's id and a text, a `Message::tool(..)`, or a \
               list of these",
    label = "no tool result"
)]
pub trait ToolResults {
    /// The messages with the results, in order.
    fn into_tool_messages(self) -> Vec<Message>;
}

/// A message is added as it is.
impl ToolResults for Message {
    fn into_tool_messages(self) -> Vec<Message> {
        vec![self]
    }
}

/// The id of a call and the content of its result.
impl<I: Into<String>, C: Into<Content>> ToolResults for (I, C) {
    fn into_tool_messages(self) -> Vec<Message> {
        vec![Message::tool(self.0, self.1)]
    }
}

impl<T: ToolResults> ToolResults for Vec<T> {
    fn into_tool_messages(self) -> Vec<Message> {
        self.into_iter().flat_map(T::into_tool_messages).collect()
    }
}

impl<T: ToolResults, const N: usize> ToolResults for [T; N] {
    fn into_tool_messages(self) -> Vec<Message> {
        self.into_iter().flat_map(T::into_tool_messages).collect()
    }
}

impl<T: ToolResults + Clone> ToolResults for &[T] {
    fn into_tool_messages(self) -> Vec<Message> {
        self.iter().cloned().flat_map(T::into_tool_messages).collect()
    }
}

impl<T: ToolResults + Clone> ToolResults for &Vec<T> {
    fn into_tool_messages(self) -> Vec<Message> {
        self.as_slice().into_tool_messages()
    }
}

impl<T: ToolResults + Clone, const N: usize> ToolResults for &[T; N] {
    fn into_tool_messages(self) -> Vec<Message> {
        self.as_slice().into_tool_messages()
    }
}
