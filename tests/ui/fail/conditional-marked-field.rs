//! row D1: a marked field behind `#[cfg]`

use alphora::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Clone, Default, Serialize, Deserialize)]
struct Notes(Vec<String>);
impl Memory for Notes {}

#[agent]
struct Support {
    #[cfg(all())]
    #[agent(memory)]
    notes: Notes,
}

#[agent]
impl Support {
    async fn run(&self, _: OpenAIRequest) -> String {
        String::new()
    }
}

fn main() {}
