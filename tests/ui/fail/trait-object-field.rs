//! row 42: a trait object that requests cannot share

use alphora::prelude::*;
use std::sync::Arc;

trait Model {
    fn answer(&self) -> String;
}

struct Echo;

impl Model for Echo {
    fn answer(&self) -> String {
        String::new()
    }
}

#[agent]
struct Support {
    model: Arc<dyn Model>,
}

#[agent]
impl Support {
    async fn run(&self, _: OpenAIRequest) -> String {
        self.model.answer()
    }
}

fn main() {
    drop(publish(Support::new(Arc::new(Echo))));
}
