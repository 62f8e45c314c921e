//! row 40: a result of a `Result` that has no JSON

use alphora::prelude::*;

struct Found(String);

/// Searches.
#[tool]
async fn search(query: String) -> Result<Found, String> {
    Ok(Found(query))
}

#[tokio::main]
async fn main() {
    let mut registry = ToolRegistry::new();
    registry.register(search).unwrap();
    drop(search("x".into()).await.unwrap().0);
}
