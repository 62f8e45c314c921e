//! An agent in the body of a function.

use alphora::prelude::*;

fn main() {
    #[agent]
    struct Support {
        name: String,
    }

    #[agent]
    impl Support {
        async fn run(&self, _: OpenAIRequest) -> String {
            self.name.clone()
        }
    }

    drop(publish(Support::new(String::new())).config(SupportConfig::default()));
}
