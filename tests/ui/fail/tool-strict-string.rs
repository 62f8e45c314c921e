//! row 40: a boolean in quotes

use alphora::prelude::*;

/// Searches.
#[tool(strict = "false")]
fn search(query: String) -> String {
    query
}

fn main() {
    let mut registry = ToolRegistry::new();
    registry.register(search).unwrap();
}
