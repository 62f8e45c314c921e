//! row 40: a function whose name models cannot write

use alphora::prelude::*;

/// Searches.
#[tool]
fn recherché(query: String) -> String {
    query
}

fn main() {}
