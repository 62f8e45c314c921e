//! row 40: a key of agents

use alphora::prelude::*;

/// Searches.
#[tool(path = "/search")]
fn search(query: String) -> String {
    query
}

fn main() {
    let mut registry = ToolRegistry::new();
    registry.register(search).unwrap();
}
