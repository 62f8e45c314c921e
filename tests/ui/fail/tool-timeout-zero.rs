//! row 40: a timeout of nothing

use alphora::prelude::*;

/// Searches.
#[tool(timeout = 0)]
fn search(query: String) -> String {
    query
}

fn main() {
    let mut registry = ToolRegistry::new();
    registry.register(search).unwrap();
}
