//! row 40: a name without its key

use alphora::prelude::*;

/// Searches.
#[tool("look_up")]
fn search(query: String) -> String {
    query
}

fn main() {
    let mut registry = ToolRegistry::new();
    registry.register(search).unwrap();
}
