#[agent(crate = ::house)]
struct Support {
    name: String,
    #[agent(stream)]
    stream: DataStreamer,
}

#[agent(crate = ::house, path = "/a")]
impl Support {
    async fn run(&self, request: OpenAIRequest) -> String {
        self.name.clone()
    }
}
