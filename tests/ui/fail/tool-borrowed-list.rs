//! row 40: a parameter that borrows a list

use alphora::prelude::*;

/// Searches.
#[tool]
fn search(queries: &[String]) -> String {
    queries.join(" ")
}

fn main() {
    let mut registry = ToolRegistry::new();
    registry.register(search).unwrap();
}
