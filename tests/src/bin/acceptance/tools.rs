//! Which of the client's tools is meant.

use alphora::{ToolChoice, ToolDefinition};

/// Words of a tool's name that are shorter occur in many a sentence.
const SHORTEST_HINT: usize = 5;

/// The tool that the client demands, or its first.
pub(crate) fn requested<'a>(tools: &'a [ToolDefinition], choice: &ToolChoice) -> Option<&'a ToolDefinition> {
    named(tools, choice).or(tools.first())
}

/// The tool to call for `query` if one is to be called.
pub(crate) fn wanted<'a>(
    tools: &'a [ToolDefinition],
    choice: &ToolChoice,
    query: &str,
) -> Option<&'a ToolDefinition> {
    let hinted = || tools.iter().find(|tool| hints_at(query, tool));
    let demanded = match choice {
        ToolChoice::None => return None,
        ToolChoice::Required | ToolChoice::Function { .. } => true,
        _ => query.to_lowercase().contains("use the tool") || hinted().is_some(),
    };
    if !demanded {
        return None;
    }
    let in_full = || {
        tools
            .iter()
            .filter(|tool| query.contains(&tool.name))
            .reduce(|longest, tool| if tool.name.len() > longest.name.len() { tool } else { longest })
    };
    named(tools, choice).or_else(in_full).or_else(hinted).or(tools.first())
}

fn named<'a>(tools: &'a [ToolDefinition], choice: &ToolChoice) -> Option<&'a ToolDefinition> {
    let ToolChoice::Function { name } = choice else { return None };
    tools.iter().find(|tool| tool.name == *name)
}

/// Whether `query` says the tool's name, or a long word of it: `weather` for `get_weather`.
fn hints_at(query: &str, tool: &ToolDefinition) -> bool {
    let lower = query.to_lowercase();
    query.contains(&tool.name)
        || tool.name.to_lowercase().split('_').any(|word| {
            word.chars().filter(|c| c.is_alphabetic()).count() >= SHORTEST_HINT && lower.contains(word)
        })
}
