//! The configuration's name can be chosen, and it fits its own agent only by type.

use alphora::prelude::*;

mod inner {
    use super::*;

    #[agent]
    pub struct Support;

    #[agent(config = Options, path = "/support")]
    impl Support {
        pub async fn run(&self, _: OpenAIRequest) -> String {
            String::new()
        }
    }
}

/// Not in the way of the configuration, which is called otherwise.
struct SupportConfig;

fn main() {
    let SupportConfig = SupportConfig;
    let options = inner::Options { path: "/other".into(), ..Default::default() };
    drop(alphora::publish(inner::Support).config(options));
    let plain: AgentConfig<inner::Support> = inner::Options::default();
    assert_eq!(plain.path, "/support");
}
