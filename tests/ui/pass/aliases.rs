//! Types are judged, not names: aliases and re-exports work, and a type that is only called so does not matter.

use alphora::prelude::agent;

mod names {
    pub use alphora::OpenAIRequest as Question;
    pub type Output = alphora::DataStreamer;
    pub type Answer = alphora::Result;
    pub type Text = Result<String, std::num::ParseIntError>;
}

// A type of the user's with the name of one of ours.
#[derive(Clone)]
struct MemoryManager;

#[agent]
struct Support {
    _manager: MemoryManager,
    #[agent(stream)]
    out: names::Output,
}

type This = Support;

#[agent]
impl This {
    async fn run(&self, _: names::Question) -> names::Answer {
        self.out.stop().await
    }
}

#[agent]
struct Reader;

#[agent]
impl Reader {
    async fn run(&self, question: names::Question) -> names::Text {
        Ok(question.get_user_query().parse::<i32>()?.to_string())
    }
}

fn main() {
    let _: ThisConfig = Default::default();
    drop(alphora::publish(Support::new(MemoryManager)));
    drop(alphora::publish(Reader));
}
