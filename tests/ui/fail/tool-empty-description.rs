//! row 40: a description that says nothing

use alphora::prelude::*;

#[tool(description = " ")]
fn search(query: String) -> String {
    query
}

fn main() {
    let mut registry = ToolRegistry::new();
    registry.register(search).unwrap();
}
