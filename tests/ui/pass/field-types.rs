//! Types of fields of every shape.

use std::collections::HashMap;
use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use alphora::prelude::*;

trait Tool: Send + Sync {
    fn name(&self) -> &str;
}

#[agent]
struct Support {
    text: &'static str,
    function: fn(&str) -> String,
    closure: Arc<dyn Fn(&str) -> String + Send + Sync>,
    tools: Vec<Arc<dyn Tool>>,
    map: HashMap<String, Option<Box<[u8]>>>,
    array: [u8; 1 + 1],
    tuple: (u8, (), [String; 0]),
    unit: (),
    counter: Arc<AtomicU64>,
    this: PhantomData<fn() -> Self>,
    pointer: fn(Box<dyn for<'a> Fn(&'a u8) -> &'a u8>),
    #[agent(stream)]
    stream: DataStreamer,
}

#[agent]
impl Support {
    async fn run(&mut self, mut request: OpenAIRequest) -> alphora::Result {
        request.set_headers(HashMap::<String, String>::new());
        let Self { text, function, closure, tools, map, array, tuple, unit: (), counter, this: _, pointer: _, stream } =
            self;
        let tools: Vec<_> = tools.iter().map(|tool| tool.name()).collect();
        let all = format!("{}{}{tools:?}{map:?}{array:?}{tuple:?}{counter:?}", function(text), closure(text));
        stream.text(all).await
    }
}

fn main() {
    let agent = Support::new(
        "x",
        str::to_owned,
        Arc::new(str::to_owned),
        Vec::new(),
        HashMap::new(),
        [1, 2],
        (1, (), []),
        (),
        Arc::default(),
        PhantomData,
        |_| (),
    );
    drop(alphora::publish(agent));
}
