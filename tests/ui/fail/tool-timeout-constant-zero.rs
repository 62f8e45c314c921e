//! row 40: a constant timeout of nothing

use alphora::prelude::*;

const NOTHING: u64 = 0;

/// Searches.
#[tool(timeout = NOTHING)]
fn search(query: String) -> String {
    query
}

fn main() {
    let mut registry = ToolRegistry::new();
    registry.register(search).unwrap();
}
