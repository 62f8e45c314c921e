//! row 40: a timeout in quotes

use alphora::prelude::*;

/// Searches.
#[tool(timeout = "5")]
fn search(query: String) -> String {
    query
}

fn main() {
    let mut registry = ToolRegistry::new();
    registry.register(search).unwrap();
}
