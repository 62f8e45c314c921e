//! row 40: a function that returns any type

use alphora::prelude::*;

/// Searches.
#[tool]
fn search(query: String) -> impl serde::Serialize {
    query
}

fn main() {
    let mut registry = ToolRegistry::new();
    registry.register(search).unwrap();
}
