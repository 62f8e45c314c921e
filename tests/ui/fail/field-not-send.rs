//! row 42: a field that cannot change its thread

use alphora::prelude::*;
use std::rc::Rc;

#[agent]
struct Support {
    name: Rc<str>,
}

#[agent]
impl Support {
    async fn run(&self, _: OpenAIRequest) -> String {
        self.name.to_string()
    }
}

fn main() {
    drop(publish(Support::new("x".into())));
}
