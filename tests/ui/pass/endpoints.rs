//! Several endpoints of one struct, each with options of its own.

use alphora::Agent;
use alphora::prelude::*;

#[agent]
struct Support {
    #[agent(stream)]
    stream: DataStreamer,
}

#[agent(path = "/base", api_title = "{agent_name}: {method_name}", api_description = "{{{agent_name}}}")]
impl Support {
    /// Not exposed.
    async fn run(&self) -> &str {
        "private"
    }

    #[agent]
    async fn first(&self, _: OpenAIRequest) -> String {
        self.run().await.into()
    }

    #[agent(path = "/second", name = "two", api_title = "{method_name} of {agent_name}")]
    async fn second(&mut self, _: OpenAIRequest) -> alphora::Result {
        self.stream.stop().await
    }

    #[agent(path = "/third")]
    async fn third(self, _: OpenAIRequest) -> &'static str {
        "third"
    }
}

fn main() {
    let description = Support::DESCRIPTION;
    let methods: Vec<_> = description.endpoints.iter().map(|endpoint| endpoint.method).collect();
    assert_eq!(methods, ["first", "second", "third"]);
    assert_eq!(description.agent, "Support");
    assert_eq!(description.options.path, Some("/base"));
    // Which method it is, is known for each endpoint only; doubled braces are the runtime's.
    assert_eq!(description.options.api_title, Some("Support: {method_name}"));
    assert_eq!(description.options.api_description, Some("{{Support}}"));
    assert_eq!(description.endpoints[0].options.path, None);
    assert_eq!(description.endpoints[1].options.path, Some("/second"));
    assert_eq!(description.endpoints[1].options.name, Some("two"));
    assert_eq!(description.endpoints[1].options.api_title, Some("second of Support"));
    drop(alphora::publish(Support::new()));
}
