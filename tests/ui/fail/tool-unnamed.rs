//! row 40: a parameter that is not looked at

use alphora::prelude::*;

/// Searches.
#[tool]
fn search(_: String) {}

fn main() {
    let mut registry = ToolRegistry::new();
    registry.register(search).unwrap();
}
