//! row 40: a key that does not exist

use alphora::prelude::*;

/// Searches.
#[tool(nam = "look")]
fn search(query: String) -> String {
    query
}

fn main() {
    let mut registry = ToolRegistry::new();
    registry.register(search).unwrap();
}
