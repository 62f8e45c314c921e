#[agent]
#[cfg(feature = "support")]
struct Support {
    #[cfg(feature = "llm")]
    llm: Llm,
    name: String,
}

#[agent]
#[cfg(feature = "support")]
impl Support {
    #[cfg(feature = "llm")]
    async fn run(&self, request: OpenAIRequest) -> String {
        self.llm.answer(request).await
    }
    #[cfg(not(feature = "llm"))]
    async fn run(&self, request: OpenAIRequest) -> String {
        self.name.clone()
    }
}
