//! `#[cfg]` on the halves, on fields and on methods: what is not there leaves nothing behind.

use alphora::Agent;
use alphora::prelude::*;

#[cfg(any())]
#[agent]
struct Absent {
    field: DoesNotExist,
}

#[agent(path = "/absent")]
#[cfg(any())]
impl Absent {
    async fn run(&self, _: OpenAIRequest) -> DoesNotExist {}
}

#[agent]
#[cfg(all())]
struct Present {
    #[cfg(any())]
    absent: DoesNotExist,
    #[cfg(all())]
    present: u8,
}

#[agent]
#[cfg(all())]
impl Present {
    #[agent(path = "/gone")]
    #[cfg(any())]
    async fn gone(&self, _: OpenAIRequest) -> DoesNotExist {}

    #[agent(path = "/here")]
    #[cfg(all())]
    async fn here(&self, _: OpenAIRequest) -> String {
        self.present.to_string()
    }
}

#[agent]
struct Alternatives;

#[agent]
impl Alternatives {
    #[cfg(any())]
    async fn run(&self, _: OpenAIRequest) -> DoesNotExist {}

    #[cfg(all())]
    async fn run(&self, _: OpenAIRequest) -> String {
        String::new()
    }
}

fn main() {
    assert_eq!(Present::DESCRIPTION.endpoints.len(), 1);
    assert_eq!(Present::DESCRIPTION.endpoints[0].method, "here");
    assert_eq!(Alternatives::DESCRIPTION.endpoints.len(), 1);
    drop(alphora::publish(Present::new(1)));
    drop(alphora::publish(Alternatives));
}
