//! What a request gets: clones of the shared fields, its own memory and stream; what comes back is the memory.

use alphora::prelude::*;
use alphora::{AgentState, Fresh};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Count(u32);

impl Memory for Count {}

#[agent]
struct Counter {
    step: u32,
    #[agent(memory)]
    count: Count,
    #[agent(stream)]
    _stream: DataStreamer,
}

#[agent]
impl Counter {
    async fn run(&mut self, _: OpenAIRequest) -> String {
        self.count.0 += self.step;
        self.count.0.to_string()
    }
}

#[agent]
struct Forgetful(u8, String);

#[agent]
impl Forgetful {
    async fn run(&self, _: OpenAIRequest) -> String {
        self.1.clone()
    }
}

fn main() {
    const { assert!(Counter::HAS_MEMORY) };
    const { assert!(!Forgetful::HAS_MEMORY) };
    let template = Counter { step: 2, count: Count(7), _stream: DataStreamer::default() };
    let mut instance = template.fresh();
    assert_eq!((instance.step, instance.count.clone()), (2, Count(0)));
    instance.bind(Count(40), DataStreamer::capture());
    instance.count.0 += instance.step;
    assert_eq!(instance.take_memory(), Count(42));
    assert_eq!(instance.take_memory(), Count(0));

    let mut instance = Forgetful::new(1, "x".into()).fresh();
    instance.bind((), DataStreamer::capture());
    assert_eq!((instance.0, instance.1.as_str()), (1, "x"));
    instance.take_memory();
}
