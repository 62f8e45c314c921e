//! row 40: the context by reference

use alphora::prelude::*;

/// Searches.
#[tool]
fn search(context: &ToolContext) -> String {
    context.call_id().to_owned()
}

fn main() {
    let mut registry = ToolRegistry::new();
    registry.register(search).unwrap();
}
