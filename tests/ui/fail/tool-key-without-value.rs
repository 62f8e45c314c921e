//! row 40: a parameter without a description

use alphora::prelude::*;

/// Searches.
#[tool(query)]
fn search(query: String) -> String {
    query
}

fn main() {
    let mut registry = ToolRegistry::new();
    registry.register(search).unwrap();
}
