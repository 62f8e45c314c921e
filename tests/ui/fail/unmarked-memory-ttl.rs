//! row 26: a memory without its marker, in an agent that says how long it is kept

use alphora::prelude::*;

#[agent]
struct Support {
    memory: MemoryManager,
}

#[agent(memory_ttl = 60)]
impl Support {
    async fn run(&self, _: OpenAIRequest) -> String {
        String::new()
    }
}

fn main() {
    drop(publish(Support::new(MemoryManager::default())));
}
