#[agent(memory_ttl = 1)]
struct Support {
    name: String,
    #[agent(memry)]
    notes: Notes,
}

#[agent(path = "api")]
impl Support {
    fn run(&self, request: OpenAIRequest) -> String {
        self.name.clone()
    }
}
