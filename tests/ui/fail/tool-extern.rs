//! row 40: a function of another language's kind

use alphora::prelude::*;

/// Searches.
#[tool]
extern "C" fn search() {}

fn main() {
    let mut registry = ToolRegistry::new();
    registry.register(search).unwrap();
}
