//! How a method may take its agent: by reference, or by value where no memory has to come back.

use alphora::prelude::*;

#[agent]
struct Receivers {
    name: String,
}

#[agent]
impl Receivers {
    #[agent(path = "/shared")]
    async fn shared(&self, _: OpenAIRequest) -> String {
        self.name.clone()
    }

    #[agent(path = "/exclusive")]
    async fn exclusive(&mut self, _: OpenAIRequest) -> String {
        self.name.push('x');
        self.name.clone()
    }

    #[agent(path = "/owned")]
    async fn owned(self, _: OpenAIRequest) -> String {
        self.name
    }

    #[agent(path = "/owned-mutable")]
    async fn owned_mutable(mut self, _: OpenAIRequest) -> String {
        self.name.push('x');
        self.name
    }

    #[agent(path = "/typed-shared")]
    async fn typed_shared(self: &Self, _: OpenAIRequest) -> String {
        self.name.clone()
    }

    #[agent(path = "/typed-exclusive")]
    async fn typed_exclusive(self: &mut Self, _: OpenAIRequest) -> String {
        self.name.clone()
    }

    #[agent(path = "/typed-owned")]
    async fn typed_owned(self: Self, _: OpenAIRequest) -> String {
        self.name
    }

    #[agent(path = "/named-lifetime")]
    async fn named_lifetime<'a>(&'a self, _: OpenAIRequest) -> &'a str {
        &self.name
    }
}

#[agent]
struct Generic<T>(T);

#[agent]
impl<T: ToString> Generic<T> {
    async fn run(self, _: OpenAIRequest) -> String {
        self.0.to_string()
    }
}

fn main() {
    drop(alphora::publish(Receivers::new(String::new())).and(Generic::new(1)));
}
