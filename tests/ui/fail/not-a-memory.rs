//! row 25: the memory marker on what is no memory

use alphora::prelude::*;

struct Notes;

#[agent]
struct Support {
    #[agent(memory)]
    notes: Notes,
}

#[agent]
impl Support {
    async fn run(&self, _: OpenAIRequest) -> String {
        String::new()
    }
}

fn main() {
    drop(publish(Support::new()));
}
