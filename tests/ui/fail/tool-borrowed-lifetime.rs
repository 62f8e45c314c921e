//! row 40: a parameter that borrows for a lifetime

use std::borrow::Cow;

use alphora::prelude::*;

/// Searches.
#[tool]
fn search<'a>(query: Cow<'a, str>) -> String {
    query.into_owned()
}

fn main() {
    let mut registry = ToolRegistry::new();
    registry.register(search).unwrap();
}
