#[agent]
struct Support(Llm, #[agent(stream)] DataStreamer, #[agent(memory)] Notes);

#[agent]
impl Support {
    async fn run(&self, request: OpenAIRequest) -> alphora::Result {
        self.1.stop().await
    }
}
