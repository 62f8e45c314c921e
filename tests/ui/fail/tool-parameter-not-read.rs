//! row 40: a parameter that cannot be read from JSON

use alphora::prelude::*;
use schemars::JsonSchema;

#[derive(JsonSchema)]
struct Query(String);

/// Searches.
#[tool]
fn search(query: Query) -> String {
    query.0
}

fn main() {
    let mut registry = ToolRegistry::new();
    registry.register(search).unwrap();
}
