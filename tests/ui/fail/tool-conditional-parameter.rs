//! row 40: a parameter behind a condition

use alphora::prelude::*;

/// Searches.
#[tool]
fn search(query: String, #[cfg(all())] limit: u8) -> String {
    query.repeat(limit.into())
}

fn main() {
    let mut registry = ToolRegistry::new();
    registry.register(search).unwrap();
}
