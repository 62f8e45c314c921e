//! row 40: a warning of the user's own code, made an error

#![deny(unused_variables)]

use alphora::prelude::*;

/// Searches.
#[tool]
fn search(query: String, limit: u8) -> String {
    query
}

fn main() {
    let mut registry = ToolRegistry::new();
    registry.register(search).unwrap();
}
