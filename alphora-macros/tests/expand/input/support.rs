/// Answers from the conversation so far.
#[agent]
pub struct Support {
    llm: OpenAILike,
    #[agent(memory)]
    memory: MemoryManager,
    #[agent(stream)]
    stream: DataStreamer,
}

#[agent(
    path = "/api/v1",
    memory_ttl = 7200,
    max_memory_items = 500,
    api_title = "{agent_name} API",
    api_description = "{agent_name}.{method_name}"
)]
impl Support {
    pub async fn run(&mut self, request: OpenAIRequest) -> alphora::Result {
        self.memory.add_user(request.get_user_query());
        self.stream.stop().await
    }
}
