//! row 40: an unsafe function

use alphora::prelude::*;

/// Searches.
#[tool]
unsafe fn search(query: String) -> String {
    query
}

fn main() {
    let mut registry = ToolRegistry::new();
    registry.register(search).unwrap();
}
