//! row 40: a future that cannot change its thread

use std::future::ready;
use std::rc::Rc;

use alphora::prelude::*;

/// Searches.
#[tool]
async fn search(query: String) -> String {
    let query = Rc::new(query);
    ready(()).await;
    query.to_string()
}

fn main() {
    let mut registry = ToolRegistry::new();
    registry.register(search).unwrap();
}
