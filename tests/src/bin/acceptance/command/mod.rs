//! The commands: what a user message can say, and what is then answered.

mod content;
mod ending;
mod fact;
mod tool_call;

pub(crate) use content::content;
pub(crate) use ending::ending;
pub(crate) use fact::fact;
pub(crate) use tool_call::tool_call;

use alphora::prelude::*;

/// A command: a word, and what follows its colon if it has one.
pub(crate) type Command<'a> = (&'a str, Option<&'a str>);

/// What `query`, the text of the last user message, would be as a command. After the result of a tool there is
/// none, whatever was said before.
pub(crate) fn in_request<'a>(request: &OpenAIRequest, query: &'a str) -> Command<'a> {
    if request.messages.last().is_some_and(is_tool_result) {
        return ("", None);
    }
    let query = query.trim_start();
    query.split_once(':').map_or((query, None), |(word, argument)| (word, Some(argument)))
}

/// Whether a message is the result of a tool that the client has called.
pub(crate) fn is_tool_result(message: &Message) -> bool {
    matches!(message.role, Role::Tool | Role::Function)
}

/// `7:5` as two numbers.
fn two_numbers(argument: &str) -> Option<(u64, u64)> {
    let (one, other) = argument.split_once(':')?;
    Some((one.parse().ok()?, other.parse().ok()?))
}
