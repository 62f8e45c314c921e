//! row 40: a function with a lifetime that nothing borrows for

use alphora::prelude::*;

/// Searches.
#[tool]
fn search<'a>(query: String) -> String {
    query
}

fn main() {
    let mut registry = ToolRegistry::new();
    registry.register(search).unwrap();
}
