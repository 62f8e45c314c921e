//! row 40: the attribute twice

use alphora::prelude::*;

/// Searches.
#[tool]
#[tool(name = "look")]
fn search(query: String) -> String {
    query
}

fn main() {
    let mut registry = ToolRegistry::new();
    registry.register(search).unwrap();
}
