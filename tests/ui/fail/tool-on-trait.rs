//! row 40: a trait

use alphora::prelude::*;

#[tool]
trait Search {}

fn main() {}
