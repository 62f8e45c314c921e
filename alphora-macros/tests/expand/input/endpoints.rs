#[agent(new = false)]
struct Support {
    name: String,
}

#[agent(path = "/base", timeout = 2 * MINUTE, default_stream = false, idle_timeout = 60, on_disconnect = "continue",
        concurrency = "reject", on_failure = "keep", config = Options)]
impl Support {
    #[agent]
    async fn first(&self, request: OpenAIRequest) -> String {
        self.name.clone()
    }
    #[agent(path = "/second", name = "two", api_title = "{method_name} of {agent_name} in {{braces}}")]
    async fn second(self, request: OpenAIRequest) -> Result<String, Error> {
        Ok(self.name)
    }
}
