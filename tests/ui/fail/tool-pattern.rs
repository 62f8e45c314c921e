//! row 40: a parameter without a name

use alphora::prelude::*;

/// Adds.
#[tool]
fn add((left, right): (i64, i64)) -> i64 {
    left + right
}

fn main() {}
