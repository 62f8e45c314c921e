//! row 14: a duration

use alphora::prelude::*;

#[agent]
struct Support {
    #[agent(memory)]
    memory: MemoryManager,
}

#[agent(memory_ttl = std::time::Duration::from_secs(60))]
impl Support {
    async fn run(&self, _: OpenAIRequest) -> String {
        String::new()
    }
}

fn main() {
    drop(publish(Support::new()));
}
