//! row 40: an error without words

use alphora::prelude::*;

struct Lost;

/// Searches.
#[tool]
fn search(query: String) -> Result<String, Lost> {
    if query.is_empty() { Err(Lost) } else { Ok(query) }
}

fn main() {
    let mut registry = ToolRegistry::new();
    registry.register(search).unwrap();
}
