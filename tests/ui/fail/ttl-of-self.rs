//! row 14: a constant of `Self`

use alphora::prelude::*;

#[agent]
struct Support {
    #[agent(memory)]
    memory: MemoryManager,
}

impl Support {
    const TTL: u64 = 60;
}

#[agent(memory_ttl = Self::TTL)]
impl Support {
    async fn run(&self, _: OpenAIRequest) -> String {
        String::new()
    }
}

fn main() {}
