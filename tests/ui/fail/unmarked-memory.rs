//! row 26: a memory without its marker

use alphora::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Clone, Default, Serialize, Deserialize)]
struct Notes(Vec<String>);
impl Memory for Notes {}

#[agent]
struct Support {
    notes: Notes,
}

#[agent]
impl Support {
    async fn run(&self, _: OpenAIRequest) -> String {
        String::new()
    }
}

fn main() {
    drop(publish(Support::new(Notes::default())));
}
