//! row 28: a field role that does not exist

use alphora::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Clone, Default, Serialize, Deserialize)]
struct Notes(Vec<String>);
impl Memory for Notes {}

#[agent]
struct Support {
    #[agent(memry)]
    notes: Notes,
}

#[agent(memory_ttl = 60)]
impl Support {
    async fn run(&mut self, _: OpenAIRequest) -> String {
        self.notes.0.pop().unwrap_or_default()
    }
}

fn main() {
    drop(publish(Support { notes: Notes::default() }));
}
