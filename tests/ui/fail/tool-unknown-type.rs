//! row 40: a parameter of a type that does not exist

use alphora::prelude::*;

/// Searches.
#[tool]
fn search(query: Strin) -> String {
    String::new()
}

fn main() {
    let mut registry = ToolRegistry::new();
    registry.register(search).unwrap();
}
