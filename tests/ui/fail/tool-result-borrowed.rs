//! row 40: a result that borrows from nothing

use alphora::prelude::*;

/// Searches.
#[tool]
fn search(query: String) -> &str {
    if query.is_empty() { "nothing" } else { "something" }
}

fn main() {
    let mut registry = ToolRegistry::new();
    registry.register(search).unwrap();
}
