//! What an agent can say, before any surface has put it into words.

use std::fmt;

use crate::error::{Error, ErrorKind};
use crate::hidden::Hidden;

/// One thing that an agent says. Every surface is a translation of these, and of nothing else.
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event<'a> {
    /// A piece of content: `text`, `thinking`, `code`, `tool_call`, `status`, or any type the agent invents.
    Content {
        /// The type of the content.
        content_type: &'a str,
        /// The piece itself; pieces of one type add up.
        text: &'a str,
    },
    /// The client is asked to call one of its tools; the arguments follow.
    ToolCallBegin {
        /// Which of the run's calls this is, from 0.
        index: usize,
        /// The call's id, which the client sends back with its result.
        id: &'a str,
        /// The tool's name.
        name: &'a str,
    },
    /// A fragment of the arguments of a call, to be appended to those before it.
    ToolCallArguments {
        /// Which of the run's calls this belongs to.
        index: usize,
        /// A piece of JSON text.
        fragment: &'a str,
    },
}

impl Event<'_> {
    /// How many bytes of text the event carries.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Content { content_type, text } => content_type.len() + text.len(),
            Self::ToolCallBegin { id, name, .. } => id.len() + name.len(),
            Self::ToolCallArguments { fragment, .. } => fragment.len(),
        }
    }
}

/// The content types that mean something on the wire by themselves, so that no agent may send them.
const RESERVED: [&str; 2] = ["stop", "mixed-xml"];

/// The longest content type, in bytes.
const LONGEST: usize = 128;

/// Refuses content types that a client would take for something else.
pub(super) fn check_content_type(content_type: &str) -> Result<(), Error> {
    if RESERVED.contains(&content_type) {
        return Err(Error::new(
            ErrorKind::InvalidArgument,
            format!(
                "content type `{content_type}` is reserved for the framework: end a stream with `stop()`, and \
                 send content under another type"
            ),
        ));
    }
    if content_type.is_empty() || content_type.len() > LONGEST {
        return Err(Error::new(
            ErrorKind::InvalidArgument,
            format!(
                "a content type has 1 to {LONGEST} bytes, not {}: write \"text\" for plain text",
                content_type.len()
            ),
        ));
    }
    Ok(())
}

/// How much is said, not what.
impl fmt::Debug for Event<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Content { content_type, text } => f
                .debug_struct("Content")
                .field("content_type", &content_type)
                .field("text", &Hidden(text))
                .finish(),
            Self::ToolCallBegin { index, id, name } => f
                .debug_struct("ToolCallBegin")
                .field("index", &index)
                .field("id", &id)
                .field("name", &name)
                .finish(),
            Self::ToolCallArguments { index, fragment } => f
                .debug_struct("ToolCallArguments")
                .field("index", &index)
                .field("fragment", &Hidden(fragment))
                .finish(),
        }
    }
}
