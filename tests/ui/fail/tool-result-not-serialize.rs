//! row 40: a result that has no JSON

use alphora::prelude::*;

struct Found(String);

/// Searches.
#[tool]
fn search(query: String) -> Found {
    Found(query)
}

fn main() {
    let mut registry = ToolRegistry::new();
    registry.register(search).unwrap();
    drop(search("x".into()).0);
}
