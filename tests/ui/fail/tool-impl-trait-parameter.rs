//! row 40: a parameter of any type

use alphora::prelude::*;

/// Searches.
#[tool]
fn search(query: impl ToString) -> String {
    query.to_string()
}

fn main() {
    let mut registry = ToolRegistry::new();
    registry.register(search).unwrap();
}
