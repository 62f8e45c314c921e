//! row 41: the method takes its agent, but the memory has to come back

use alphora::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Clone, Default, Serialize, Deserialize)]
struct Notes(Vec<String>);
impl Memory for Notes {}

#[agent]
struct Support {
    #[agent(memory)]
    notes: Notes,
}

#[agent(name = "x")]
impl Support {
    async fn run(self, _: OpenAIRequest) -> String {
        String::new()
    }
}

fn main() {}
