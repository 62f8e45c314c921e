//! row 40: a method that a trait asks for

use alphora::prelude::*;

trait Search {
    #[tool]
    fn search(&self) -> String;
}

fn main() {}
