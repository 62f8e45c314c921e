//! row 40: a name with a space

use alphora::prelude::*;

/// Searches.
#[tool(name = "look up")]
fn search(query: String) -> String {
    query
}

fn main() {
    let mut registry = ToolRegistry::new();
    registry.register(search).unwrap();
}
