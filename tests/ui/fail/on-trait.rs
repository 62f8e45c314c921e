//! row 33: the attribute on a trait

use alphora::prelude::*;

#[agent]
trait Support {}

fn main() {}
