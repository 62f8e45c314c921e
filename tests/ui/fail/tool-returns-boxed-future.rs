//! row 40: a function that returns a boxed future

use std::pin::Pin;

use alphora::prelude::*;

/// Searches.
#[tool]
fn search(query: String) -> Pin<Box<dyn Future<Output = String> + Send>> {
    Box::pin(async { query })
}

fn main() {
    let mut registry = ToolRegistry::new();
    registry.register(search).unwrap();
}
