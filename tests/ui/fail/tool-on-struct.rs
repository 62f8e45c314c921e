//! row 40: a struct

use alphora::prelude::*;

/// Searches.
#[tool]
struct Search;

fn main() {}
