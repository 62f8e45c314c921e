//! row 2: the method returns a boxed future, as `#[async_trait]` writes it

use alphora::prelude::*;
use std::pin::Pin;

#[agent]
struct Support;

#[agent]
impl Support {
    fn run(&self, _: OpenAIRequest) -> Pin<Box<dyn Future<Output = String> + Send + '_>> {
        Box::pin(async { String::new() })
    }
}

fn main() {}
