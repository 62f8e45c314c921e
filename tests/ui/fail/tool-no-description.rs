//! row 40: a function without a comment above it

use alphora::prelude::*;

#[tool]
fn search(query: String) -> String {
    query
}

fn main() {
    let mut registry = ToolRegistry::new();
    registry.register(search).unwrap();
    drop(search("x".into()));
}
