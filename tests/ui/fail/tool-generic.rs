//! row 40: a function with a type parameter

use alphora::prelude::*;

/// Searches.
#[tool]
fn search<T: ToString>(query: T) -> String {
    query.to_string()
}

fn main() {
    let mut registry = ToolRegistry::new();
    registry.register(search).unwrap();
}
