//! Names of the user's that are also ours, or the prelude's, are not in the way.

#![allow(dead_code, non_camel_case_types)]

use alphora::prelude::{agent, tool};

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

struct Deref;
struct Debug;
struct Copy;
struct str;
struct fn_;
mod alphora_runtime {}

/// Repeats.
#[tool(timeout = TTL + VALUE)]
fn repeat(given: ::std::string::String, result: ::core::primitive::u8) -> ::std::string::String {
    given.repeat(::core::convert::Into::into(result))
}

/// Waits.
#[tool]
async fn wait(wait: ::core::option::Option<::core::primitive::u8>) -> ::core::result::Result<(), Error> {
    if ::core::option::Option::is_some(&wait) { ::core::result::Result::Err(Error) } else { ::core::result::Result::Ok(()) }
}

struct Error;

impl ::core::fmt::Display for Error {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        f.write_str("no")
    }
}

fn main() {
    ::core::mem::drop(alphora::tools::ToolRegistry::new().register(repeat));
    ::core::mem::drop(alphora::tools::ToolRegistry::new().register(wait));
    ::core::mem::drop((repeat("a".into(), 2), wait(::core::option::Option::None)));
    ::core::mem::drop(alphora::publish(Support::new(::std::string::String::new())));
}
