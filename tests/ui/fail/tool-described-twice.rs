//! row 40: a parameter with a comment and a key

use alphora::prelude::*;

/// Searches.
#[tool(query = "what to look for")]
fn search(/** what to look for */ query: String) -> String {
    query
}

fn main() {
    let mut registry = ToolRegistry::new();
    registry.register(search).unwrap();
}
