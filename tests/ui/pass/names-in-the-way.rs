//! Names of the user's that are also ours, or the prelude's, are not in the way.

#![allow(dead_code, non_camel_case_types)]

use alphora::prelude::agent;

mod core {}
mod std {}
struct Option;
struct Some;
struct None;
struct Result;
struct Ok;
struct Err;
struct Default;
struct Clone;
struct Send;
struct Sync;
struct String;
struct u64;
struct bool;
trait Memory {}
trait Agent {
    fn call(&self) {}
    fn fresh(&self) {}
    fn copy(&self) {}
    fn empty() {}
    fn field() {}
}
impl<T> Agent for T {}

const TTL: ::core::primitive::u64 = 1;
const VALUE: ::core::primitive::u64 = 2;

#[agent]
struct Support {
    name: ::std::string::String,
    #[agent(stream)]
    request: alphora::DataStreamer,
}

#[agent(timeout = TTL + VALUE)]
impl Support {
    async fn run(&self, instance: alphora::OpenAIRequest) -> ::std::string::String {
        ::core::mem::drop(instance);
        ::core::clone::Clone::clone(&self.name)
    }
}

fn main() {
    ::core::mem::drop(alphora::publish(Support::new(::std::string::String::new())));
}
