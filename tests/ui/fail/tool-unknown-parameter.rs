//! row 40: a parameter that does not exist

use alphora::prelude::*;

/// Searches.
#[tool(qeury = "what to look for")]
fn search(query: String) -> String {
    query
}

fn main() {
    let mut registry = ToolRegistry::new();
    registry.register(search).unwrap();
}
