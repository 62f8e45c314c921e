//! row 39: mistakes that only types can tell

use alphora::prelude::*;

struct Foo;

#[agent]
struct Support {
    #[agent(memory)]
    notes: Foo,
    #[agent(stream)]
    stream: String,
}

#[agent]
impl Support {
    async fn run(self, _: String) -> Foo {
        Foo
    }
}

fn main() {}
