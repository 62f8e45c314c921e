//! Another method than `run`, and method names that are keywords.

use alphora::Agent;
use alphora::prelude::*;

#[agent]
struct Chatter;

#[agent(method = chat, api_title = "{method_name}")]
impl Chatter {
    /// Has the wrong form, which does not matter: it is not exposed.
    fn run(&self) {}

    async fn chat(&self, _: OpenAIRequest) -> String {
        self.run();
        String::new()
    }
}

#[agent]
struct r#Type {
    r#match: String,
}

#[agent(method = r#loop)]
impl r#Type {
    async fn r#loop(&self, _: OpenAIRequest) -> String {
        self.r#match.clone()
    }
}

fn main() {
    assert_eq!(Chatter::DESCRIPTION.endpoints[0].method, "chat");
    assert_eq!(Chatter::DESCRIPTION.options.api_title, Some("chat"));
    assert_eq!(r#Type::DESCRIPTION.agent, "Type");
    assert_eq!(r#Type::DESCRIPTION.endpoints[0].method, "loop");
    drop(alphora::publish(Chatter).and(r#Type::new(String::new())).config(TypeConfig::default()));
}
