//! row 40: the description of a parameter that is called like a key

use alphora::prelude::*;

/// Greets.
#[tool(name = "whom to greet")]
fn greet(name: String) -> String {
    name
}

fn main() {}
