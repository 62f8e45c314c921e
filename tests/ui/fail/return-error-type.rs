//! row 31: an error that is no error (row 32)

use alphora::prelude::*;

struct Foo;

#[agent]
struct Support;

#[agent]
impl Support {
    async fn run(&self, _: OpenAIRequest) -> Result<String, Foo> {
        Err(Foo)
    }
}

fn main() {
    drop(publish(Support::new()));
}
