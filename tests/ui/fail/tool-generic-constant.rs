//! row 40: a function with a constant parameter

use alphora::prelude::*;

/// Searches.
#[tool]
fn search<const SIZE: usize>(query: String) -> String {
    query.repeat(SIZE)
}

fn main() {
    let mut registry = ToolRegistry::new();
    registry.register(search).unwrap();
}
