//! row 40: a key with its value in parentheses

use alphora::prelude::*;

/// Searches.
#[tool(name("look_up"))]
fn search(query: String) -> String {
    query
}

fn main() {
    let mut registry = ToolRegistry::new();
    registry.register(search).unwrap();
}
