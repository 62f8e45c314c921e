//! row 39: mistakes in both halves and in `main`

use alphora::prelude::*;

#[agent(timeout = 5)]
struct Support {
    #[agent(memry)]
    notes: String,
}

#[agent(path = "api")]
impl Support {
    async fn run(self: Box<Self>, _: &OpenAIRequest) -> String {
        self.notes.clone()
    }
}

#[alphora::main]
fn main() {
    drop(publish(Support { notes: String::new() }).config(SupportConfig::default()));
}
