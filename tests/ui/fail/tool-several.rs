//! row 39: several mistakes of a tool, those of tokens and then those of types

use alphora::prelude::*;

#[tool(nam = "search", limit = 3, timeout = 0)]
unsafe fn search<T: std::fmt::Debug>(query: &str, limit: T) -> impl Future<Output = String> {
    async move { format!("{query} {limit:?}") }
}

fn main() {
    let mut registry = ToolRegistry::new();
    registry.register(search).unwrap();
}
