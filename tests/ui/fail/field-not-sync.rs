//! row 42: a field that requests cannot share

use alphora::prelude::*;
use std::cell::Cell;

#[derive(Clone)]
#[agent]
struct Support {
    count: Cell<u32>,
}

#[agent]
impl Support {
    async fn run(&self, _: OpenAIRequest) -> String {
        self.count.set(self.count.get() + 1);
        String::new()
    }
}

fn main() {
    drop(publish(Support::new(Cell::new(0))));
}
