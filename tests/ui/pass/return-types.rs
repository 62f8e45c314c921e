//! All that a method may return.

use std::fmt;

use alphora::prelude::*;
use tokio_stream::Stream;

// Like `anyhow::Error`: no `std::error::Error` itself, but it converts into a boxed one.
struct Anyhow(String);

impl From<Anyhow> for Box<dyn std::error::Error + Send + Sync> {
    fn from(error: Anyhow) -> Self {
        error.0.into()
    }
}

impl<E: std::error::Error> From<E> for Anyhow {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

#[derive(Debug)]
struct Mine;

impl fmt::Display for Mine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("mine")
    }
}

impl std::error::Error for Mine {}

#[agent]
struct Replies {
    name: String,
    #[agent(stream)]
    stream: DataStreamer,
}

#[agent]
impl Replies {
    #[agent(path = "/nothing")]
    async fn nothing(&self, _: OpenAIRequest) {
        let _ = self.stream.stop().await;
    }

    #[agent(path = "/unit")]
    async fn unit(&self, _: OpenAIRequest) -> () {}

    #[agent(path = "/result")]
    async fn result(&self, _: OpenAIRequest) -> alphora::Result {
        self.stream.stop().await
    }

    #[agent(path = "/string")]
    async fn string(&self, _: OpenAIRequest) -> String {
        self.name.clone()
    }

    #[agent(path = "/static")]
    async fn static_text(&self, _: OpenAIRequest) -> &'static str {
        "static"
    }

    #[agent(path = "/borrowed")]
    async fn borrowed(&self, _: OpenAIRequest) -> &str {
        &self.name
    }

    #[agent(path = "/stream")]
    async fn stream_of_text(&self, _: OpenAIRequest) -> impl Stream<Item = String> + use<> {
        tokio_stream::iter(["a".to_owned(), "b".to_owned()])
    }

    #[agent(path = "/borrowing-stream")]
    async fn borrowing_stream(&self, _: OpenAIRequest) -> impl Stream<Item = &str> {
        tokio_stream::iter(self.name.split(' '))
    }

    #[agent(path = "/stream-of-results")]
    async fn stream_of_results(&self, _: OpenAIRequest) -> impl Stream<Item = Result<String, Mine>> + use<> {
        tokio_stream::iter([Ok("a".to_owned()), Err(Mine)])
    }

    #[agent(path = "/result-of-string")]
    async fn result_of_string(&self, _: OpenAIRequest) -> Result<String, Mine> {
        Err(Mine)
    }

    #[agent(path = "/result-of-static")]
    async fn result_of_static(&self, _: OpenAIRequest) -> Result<&'static str, std::io::Error> {
        Ok("static")
    }

    #[agent(path = "/result-of-stream")]
    async fn result_of_stream(&self, _: OpenAIRequest) -> Result<impl Stream<Item = &'static str> + use<>, Anyhow> {
        "1".parse::<u8>()?;
        Ok(tokio_stream::iter(["a"]))
    }

    #[agent(path = "/anyhow")]
    async fn anyhow(&self, _: OpenAIRequest) -> Result<(), Anyhow> {
        "x".parse::<u8>()?;
        Ok(())
    }

    #[agent(path = "/boxed")]
    async fn boxed(&self, _: OpenAIRequest) -> Result<String, Box<dyn std::error::Error + Send + Sync>> {
        Err("a text")?
    }

    #[agent(path = "/text-error")]
    async fn text_error(&self, _: OpenAIRequest) -> Result<String, String> {
        Err("a text".into())
    }

    #[agent(path = "/agent-error")]
    async fn agent_error(&self, _: OpenAIRequest) -> Result<(), AgentError> {
        Err(AgentError::public(404, "not_found", "no such thing"))
    }
}

fn main() {
    drop(alphora::publish(Replies::new(String::new())));
}
