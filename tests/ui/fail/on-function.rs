//! row 33: the attribute on a function

use alphora::prelude::*;

#[agent]
async fn run(_: OpenAIRequest) {}

fn main() {
    drop(run(OpenAIRequest::default()));
}
