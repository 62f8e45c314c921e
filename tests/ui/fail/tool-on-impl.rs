//! row 40: an `impl` block

use alphora::prelude::*;

struct Search;

#[tool]
impl Search {}

fn main() {}
