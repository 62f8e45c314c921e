#[agent]
struct Echo;

#[agent]
impl Echo {
    async fn run(&self, request: OpenAIRequest) -> String {
        request.get_user_query().into()
    }
}
