//! row 40: a key that is given twice

use alphora::prelude::*;

/// Searches.
#[tool(name = "look", name = "look_up")]
fn search(query: String) -> String {
    query
}

fn main() {
    let mut registry = ToolRegistry::new();
    registry.register(search).unwrap();
}
