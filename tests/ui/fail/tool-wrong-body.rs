//! row 40: a body that does not fit

use alphora::prelude::*;

/// Searches.
#[tool]
fn search(query: String) -> String {
    query.len()
}

fn main() {
    let mut registry = ToolRegistry::new();
    registry.register(search).unwrap();
}
