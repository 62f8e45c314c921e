//! Numbers may be constants of the user's, judged while compiling.

use alphora::Agent;
use alphora::prelude::*;
use serde::{Deserialize, Serialize};

const HOUR: u64 = 60 * 60;

mod limits {
    pub const ITEMS: usize = 10;
}

#[derive(Clone, Default, Serialize, Deserialize)]
struct Notes;

impl Memory for Notes {}

#[agent]
struct Support {
    #[agent(memory)]
    notes: Notes,
}

impl Support {
    const IDLE: u64 = 5;
}

#[agent(memory_ttl = 2 * HOUR, max_memory_items = limits::ITEMS, auto_clean_interval = 600u64, timeout = HOUR,
        keep_alive = Support::IDLE)]
impl Support {
    async fn run(&self, _: OpenAIRequest) -> String {
        let _ = &self.notes;
        String::new()
    }
}

fn main() {
    let options = Support::DESCRIPTION.options;
    assert_eq!(options.memory_ttl, Some(7200));
    assert_eq!(options.max_memory_items, Some(10));
    assert_eq!(options.auto_clean_interval, Some(600));
    assert_eq!(options.timeout, Some(3600));
    assert_eq!(options.keep_alive, Some(5));
    drop(alphora::publish(Support::new()));
}
