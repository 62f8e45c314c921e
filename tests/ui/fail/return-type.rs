//! row 31: a type that is no reply

use alphora::prelude::*;

struct Foo;

#[agent]
struct Support;

#[agent]
impl Support {
    async fn run(&self, _: OpenAIRequest) -> Foo {
        Foo
    }
}

fn main() {
    drop(publish(Support::new()));
}
