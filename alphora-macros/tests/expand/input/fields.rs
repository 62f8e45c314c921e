#[agent]
struct Many {
    a: A,
    b: B,
    c: C,
    d: D,
    e: E,
    f: F,
    g: G,
    h: H,
    i: I,
}

#[agent]
impl Many {
    async fn run(&self, request: OpenAIRequest) -> String {
        request.get_user_query().into()
    }
}
