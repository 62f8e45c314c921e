//! row 40: a parameter that borrows a text

use alphora::prelude::*;

/// Searches.
#[tool]
fn search(query: &str) -> String {
    query.to_owned()
}

fn main() {
    let mut registry = ToolRegistry::new();
    registry.register(search).unwrap();
    drop(search("x"));
}
