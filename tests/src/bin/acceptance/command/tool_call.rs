//! Commands that call the client's tools.

use alphora::prelude::*;

use super::Command;
use crate::answer::Answer;
use crate::tools;

/// Performs `command` if it is one of these, and says whether it is.
pub(crate) async fn tool_call(
    command: Command<'_>,
    request: &OpenAIRequest,
    answer: &mut Answer,
) -> Result<bool, AgentError> {
    let (word @ ("tool" | "tools2" | "tooltext"), Some(arguments)) = command else { return Ok(false) };
    if word == "tooltext" {
        answer.speak("text", "Let me check.").await?;
    }
    let tools = request.tools()?;
    let Some(tool) = tools::requested(&tools, &request.tool_choice()?) else {
        answer.speak("text", "no tools").await?;
        return Ok(true);
    };
    let arguments = if arguments.is_empty() { "{}" } else { arguments };
    if word == "tools2" {
        // The first two, or the only one twice.
        for tool in tools.iter().cycle().take(2) {
            answer.call(&tool.name, arguments).await?;
        }
    } else {
        answer.call(&tool.name, arguments).await?;
    }
    Ok(true)
}
