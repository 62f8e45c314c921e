//! row 28: a role with a value

use alphora::prelude::*;

#[agent]
struct Support {
    #[agent(memory = true)]
    memory: MemoryManager,
}

#[agent(memory_ttl = 60)]
impl Support {
    async fn run(&self, _: OpenAIRequest) -> String {
        String::new()
    }
}

fn main() {
    drop(publish(Support::new()));
}
