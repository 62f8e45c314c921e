//! row 40: a type that is less visible than the tool

use alphora::prelude::*;

pub mod tools {
    use super::*;

    #[derive(serde::Serialize)]
    struct Found(String);

    /// Searches.
    #[tool]
    pub fn search(query: String) -> Found {
        Found(query)
    }
}

fn main() {}
