//! row 40: a function without the attribute

use alphora::prelude::*;

fn search(query: String) -> String {
    query
}

fn main() {
    let mut registry = ToolRegistry::new();
    registry.register(search).unwrap();
}
