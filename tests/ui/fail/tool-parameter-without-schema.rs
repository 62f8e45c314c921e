//! row 40: a parameter whose type has no schema

use alphora::prelude::*;

struct Query(String);

/// Searches.
#[tool]
fn search(query: Query) -> String {
    query.0
}

fn main() {
    let mut registry = ToolRegistry::new();
    registry.register(search).unwrap();
}
