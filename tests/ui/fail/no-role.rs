//! row 28: a marker without a role

use alphora::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Clone, Default, Serialize, Deserialize)]
struct Notes(Vec<String>);
impl Memory for Notes {}

#[agent]
struct Support {
    #[agent]
    notes: Notes,
}

#[agent]
impl Support {
    async fn run(&self, _: OpenAIRequest) -> String {
        String::new()
    }
}

fn main() {}
