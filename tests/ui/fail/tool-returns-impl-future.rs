//! row 40: a function that returns a future

use alphora::prelude::*;

/// Searches.
#[tool]
fn search(query: String) -> impl Future<Output = String> {
    async { query }
}

fn main() {
    let mut registry = ToolRegistry::new();
    registry.register(search).unwrap();
}
