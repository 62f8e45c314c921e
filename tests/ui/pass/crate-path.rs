//! The facade under another path.

mod house {
    pub use alphora::*;
}

use house::prelude::*;

#[agent(crate = crate::house)]
struct Support {
    name: String,
    #[agent(stream)]
    stream: DataStreamer,
}

#[agent(crate = crate::house, timeout = 5)]
impl Support {
    async fn run(&self, _: OpenAIRequest) -> alphora::Result {
        self.stream.text(&self.name).await
    }
}

/// Greets.
#[tool(crate = crate::house, timeout = 5)]
async fn greet(name: String) -> String {
    format!("hello {name}")
}

#[house::main(crate = crate::house)]
async fn main() {
    drop(publish(Support::new(String::new())));
    assert_eq!(greet("you".into()).await, "hello you");
    drop(ToolRegistry::new().register(greet));
}
