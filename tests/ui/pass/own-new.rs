//! A constructor of the user's own.

use alphora::prelude::*;

#[agent(new = false)]
struct Support {
    name: String,
}

#[agent]
impl Support {
    fn new(name: &str) -> Self {
        Self { name: name.to_owned() }
    }

    async fn run(&self, _: OpenAIRequest) -> String {
        self.name.clone()
    }
}

fn main() {
    drop(alphora::publish(Support::new("x")));
}
