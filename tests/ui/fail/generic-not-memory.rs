//! row 36: a generic agent of what is no memory

use alphora::prelude::*;

#[derive(Clone, Default)]
struct Notes;

#[agent]
struct Support<T> {
    #[agent(memory)]
    notes: T,
}

#[agent]
impl<T> Support<T> {
    async fn run(&self, _: OpenAIRequest) -> String {
        String::new()
    }
}

fn main() {
    drop(publish(Support::<Notes>::new()));
}
