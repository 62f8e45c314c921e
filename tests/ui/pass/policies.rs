//! The policies of a run and its clocks are keys of the block; each word is a variant of its type.

use std::time::Duration;

use alphora::Agent;
use alphora::prelude::*;

const MINUTE: u64 = 60;

macro_rules! agents {
    ($($name:ident { $($key:ident = $value:literal),* })*) => {
        $(
            #[agent]
            struct $name;

            #[agent($($key = $value),*)]
            impl $name {
                async fn run(&self, _: OpenAIRequest) -> String {
                    String::new()
                }
            }
        )*
    };
}

agents! {
    Nothing {}
    First { on_disconnect = "cancel", concurrency = "enqueue", on_failure = "rollback" }
    Second { on_disconnect = "continue", concurrency = "reject", on_failure = "keep" }
    Third { concurrency = "interrupt" }
    Fourth { concurrency = "rollback" }
}

/// Types of the user's own that are called like ours are in nobody's way.
mod inner {
    use alphora::prelude::{DataStreamer, MemoryManager, OpenAIRequest, agent};

    #[expect(dead_code, reason = "only its name matters")]
    enum OnFailure {
        Nothing,
    }

    #[agent]
    pub struct Support {
        #[agent(memory)]
        memory: MemoryManager,
        #[agent(stream)]
        stream: DataStreamer,
    }

    #[agent(on_failure = r"keep", r#concurrency = "interrupt", first_event_timeout = 2 * super::MINUTE,
            idle_timeout = 30)]
    impl Support {
        pub async fn run(&mut self, request: OpenAIRequest) -> alphora::Result {
            self.memory.add_user(request.get_user_query());
            self.stream.stop().await
        }
    }
}

fn main() {
    let said = |options: alphora::__private::Options| {
        (options.on_disconnect, options.concurrency, options.on_failure)
    };
    assert_eq!(said(Nothing::DESCRIPTION.options), (None, None, None));
    assert_eq!(
        said(First::DESCRIPTION.options),
        (Some(OnDisconnect::Cancel), Some(Concurrency::Enqueue), Some(OnFailure::Rollback))
    );
    assert_eq!(
        said(Second::DESCRIPTION.options),
        (Some(OnDisconnect::Continue), Some(Concurrency::Reject), Some(OnFailure::Keep))
    );
    assert_eq!(Third::DESCRIPTION.options.concurrency, Some(Concurrency::Interrupt));
    assert_eq!(Fourth::DESCRIPTION.options.concurrency, Some(Concurrency::Rollback));

    let config = inner::SupportConfig { on_disconnect: OnDisconnect::Continue, ..Default::default() };
    assert_eq!((config.concurrency, config.on_failure), (Concurrency::Interrupt, OnFailure::Keep));
    assert_eq!(config.first_event_timeout, Duration::from_secs(120));
    assert_eq!(config.idle_timeout, Duration::from_secs(30));
    drop(alphora::publish(inner::Support::new()).config(config));
}
