#[agent]
struct Support<M: Model, N, const SIZE: usize = 3>
where
    M: Clone,
{
    model: M,
    #[agent(memory)]
    notes: N,
    sizes: [u8; SIZE],
}

#[agent(memory_ttl = 60)]
impl<M: Model, N: Memory, const SIZE: usize> Support<M, N, SIZE>
where
    M: Clone,
{
    async fn run(&mut self, request: OpenAIRequest) -> String {
        self.model.answer(&self.notes, request).await
    }
}
