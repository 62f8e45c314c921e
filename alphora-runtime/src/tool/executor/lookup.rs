//! The tool that a call names, or words that lead to it.

use std::fmt::Write as _;

use crate::suggestion::nearest;
use crate::tool::{RegisteredTool, ToolError, ToolErrorKind, ToolRegistry};
use crate::wire::ToolCall;

/// How many tools are told to a model that named none of them.
const MOST_TOLD: usize = 20;

/// The tool that `call` names.
pub(super) fn tool<'a>(registry: &'a ToolRegistry, call: &ToolCall) -> Result<&'a RegisteredTool, ToolError> {
    let name = call.function.name.as_str();
    if let Some(tool) = registry.get_tool(name) {
        return Ok(tool);
    }
    let mut message = format!("there is no tool `{name:.64}`");
    if registry.is_empty() {
        message.push_str(": answer without tools");
    } else if let Some(meant) = meant(registry, name) {
        let _ = write!(message, ": did you mean `{meant}`?");
    } else {
        message.push_str(": the tools are ");
        for (index, known) in registry.names().take(MOST_TOLD).enumerate() {
            let _ = write!(message, "{}`{known}`", if index == 0 { "" } else { ", " });
        }
        if registry.len() > MOST_TOLD {
            message.push_str(" and more");
        }
    }
    Err(ToolError::new(ToolErrorKind::UnknownTool, message))
}

/// The tool that a model that wrote `name` has probably meant.
fn meant<'a>(registry: &'a ToolRegistry, name: &str) -> Option<&'a str> {
    let near = registry.names().find(|known| is_near(known, name));
    // No tool's name is longer than 64 letters, so nothing longer is a slip.
    near.or_else(|| if name.len() <= 64 { nearest(name, registry.names()) } else { None })
}

/// Whether a model that wrote `written` may have meant `known`. Models rarely mistype: they write another case or
/// other separators, put a namespace in front (`functions.search_web`), or leave a word out.
fn is_near(known: &str, written: &str) -> bool {
    let letters = |name: &str| -> String {
        name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).take(256).collect()
    };
    let (known, written) = (letters(known), letters(written));
    let shorter = known.len().min(written.len());
    shorter >= 3 && (known.contains(&written) || written.contains(&known))
}
