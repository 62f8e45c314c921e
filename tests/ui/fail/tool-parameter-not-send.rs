//! row 40: a parameter of an async tool that cannot change its thread

use std::rc::Rc;

use alphora::prelude::*;
use schemars::JsonSchema;
use serde::Deserialize;

#[derive(Deserialize, JsonSchema)]
struct Query {
    words: String,
    #[serde(skip)]
    seen: Rc<u8>,
}

/// Searches.
#[tool]
async fn search(query: Query) -> String {
    std::future::ready(()).await;
    drop(query.seen);
    query.words
}

fn main() {
    let mut registry = ToolRegistry::new();
    registry.register(search).unwrap();
}
