//! row 40: a constant function

use alphora::prelude::*;

/// Searches.
#[tool]
const fn search() {}

fn main() {
    let mut registry = ToolRegistry::new();
    registry.register(search).unwrap();
}
