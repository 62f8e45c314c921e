//! row 40: a description that is no text

use alphora::prelude::*;

/// Searches.
#[tool(query = 1)]
fn search(query: String) -> String {
    query
}

fn main() {
    let mut registry = ToolRegistry::new();
    registry.register(search).unwrap();
}
