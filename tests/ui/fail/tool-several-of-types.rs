//! row 39: several mistakes of a tool that only types can tell

use alphora::prelude::*;

struct Query;
struct Found;
struct Lost;

/// Searches.
#[tool]
async fn search(query: Query, other: Query) -> Result<Found, Lost> {
    let (_, _) = (query, other);
    Ok(Found)
}

/// Looks up.
#[tool]
fn look_up() -> Result<(), Lost> {
    Err(Lost)
}

fn main() {
    let mut registry = ToolRegistry::new();
    registry.register(search).unwrap();
    registry.register(look_up).unwrap();
}
