//! Agents with type and constant parameters, bounds and where clauses on either half.

use std::fmt::Debug;
use std::marker::PhantomData;

use alphora::prelude::*;
use serde::{Deserialize, Serialize};

trait Model: Clone + Send + Sync + 'static {
    fn answer(&self) -> impl Future<Output = String> + Send;
}

#[derive(Clone)]
struct Scripted;

impl Model for Scripted {
    async fn answer(&self) -> String {
        "scripted".into()
    }
}

#[agent]
struct Support<M, const N: usize = 3>
where
    M: Debug + Clone,
{
    model: M,
    sizes: [u8; N],
    #[agent(stream)]
    stream: DataStreamer,
}

#[agent(path = "/generic")]
impl<M, const N: usize> Support<M, N>
where
    M: Debug + Clone + Send + Sync + 'static,
{
    async fn run(&mut self, _: OpenAIRequest) -> alphora::Result {
        self.stream.send("text", format!("{:?} {:?}", self.model, self.sizes)).await
    }
}

#[derive(Clone, Default, Serialize, Deserialize)]
struct Notes;

impl Memory for Notes {}

#[agent]
struct Keeper<M: Model, N> {
    model: M,
    #[agent(memory)]
    notes: N,
    kind: PhantomData<fn() -> N>,
}

#[agent(memory_ttl = 60)]
impl<M: Model, N: Memory> Keeper<M, N> {
    async fn run(&mut self, _: OpenAIRequest) -> String {
        self.notes = N::default();
        self.model.answer().await
    }
}

// One type of many is an agent.
#[agent]
struct Only<T>(T);

#[agent]
impl Only<String> {
    async fn run(&self, _: OpenAIRequest) -> String {
        self.0.clone()
    }
}

fn main() {
    let config = SupportConfig::<u8, 2> { path: "/other".into(), ..Default::default() };
    drop(alphora::publish(Support::new(1u8, [1, 2])).config(config));
    drop(alphora::publish(Keeper::<_, Notes>::new(Scripted, PhantomData)).config(KeeperConfig::default()));
    drop(alphora::publish(Only::new(String::new())).config(OnlyConfig::default()));
}
