//! row 40: a method

use alphora::prelude::*;

struct Index;

impl Index {
    /// Searches.
    #[tool]
    fn search(&self, query: String) -> String {
        query
    }
}

fn main() {
    drop(Index.search("x".into()));
}
