//! Nothing that is generated warns, in a crate that denies warnings.

#![deny(warnings, missing_docs, unreachable_pub, unused, unnameable_types, unused_qualifications, single_use_lifetimes)]
#![deny(elided_lifetimes_in_paths, missing_debug_implementations, non_ascii_idents, unused_lifetimes)]
#![forbid(unsafe_code)]

use alphora::prelude::*;
use serde::{Deserialize, Serialize};

mod private {
    use super::*;

    #[derive(Debug, Clone, Default, Serialize, Deserialize)]
    pub(crate) struct Notes(Vec<String>);

    impl Memory for Notes {}

    // Never made by `new`, never configured: what is generated may be unused.
    #[derive(Debug)]
    #[agent]
    pub(crate) struct Support {
        pub(crate) name: String,
        #[agent(memory)]
        pub(crate) notes: Notes,
        #[agent(stream)]
        pub(crate) stream: DataStreamer,
    }

    #[agent(memory_ttl = 60)]
    impl Support {
        pub(crate) async fn run(&mut self, request: OpenAIRequest) -> alphora::Result {
            self.notes.0.push(request.get_user_query().into());
            self.stream.send("text", &self.name).await
        }
    }
}

#[derive(Debug)]
#[agent]
struct Echo;

#[agent]
impl Echo {
    async fn run(&self, _: OpenAIRequest) -> String {
        String::new()
    }
}

#[derive(Debug, Clone)]
struct Hidden;

/// Its field has a type that is private.
#[derive(Debug)]
#[agent]
pub struct Open<T> {
    hidden: Hidden,
    many: (u8, u8),
    value: T,
}

#[agent]
impl<T: Clone> Open<T> {
    /// Answers.
    pub async fn run(self, _: OpenAIRequest) -> String {
        let (_, _, _) = (self.hidden, self.many, self.value.clone());
        String::new()
    }
}

#[alphora::main]
async fn main() {
    drop(publish(Echo));
    let stream = DataStreamer::default();
    let support = private::Support { name: String::new(), notes: private::Notes::default(), stream };
    drop(publish(support));
    drop(publish(Open::new(Hidden, (1, 2), 3)));
}
