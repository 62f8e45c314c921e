//! The subject: the same behaviour as an agent, with what alphora offers to its users and nothing else.

use alphora::prelude::*;
use serde::{Deserialize, Serialize};

use crate::script::{Count, Script};
use crate::server_process::announce;

/// The turns of one session: role and text.
#[derive(Clone, Default, Serialize, Deserialize)]
struct Turns(Vec<(String, String)>);

impl alphora::Memory for Turns {}

// Not `Bench`: variables that begin with `ALPHORA_BENCH_` would be its options.
#[agent]
struct Narrator {
    #[agent(memory)]
    memory: Turns,
    #[agent(stream)]
    stream: DataStreamer,
}

#[agent]
impl Narrator {
    async fn run(&mut self, request: OpenAIRequest) -> alphora::Result {
        let query = request.get_user_query().into_owned();
        let remembers = request.session_id.is_some();
        if remembers {
            self.memory.0.push(("user".into(), query.clone()));
        }
        match Script::parse(&query) {
            Script::Echo(text) => self.stream.send("text", text).await?,
            Script::Count(count) => {
                for index in 0..count.chunks {
                    count.wait(index).await;
                    self.stream.send("text", Count::word(index)).await?;
                }
            }
        }
        if remembers {
            self.memory.0.push(("assistant".into(), query));
        }
        self.stream.stop().await
    }
}

/// Publishes the agent on a free port of the loopback interface.
pub(crate) async fn serve() -> crate::Result {
    // All the streams of the widest case run at once; the default is 1,024.
    let config = alphora::ServerConfig { max_runs: 10_000, ..Default::default() };
    let server =
        alphora::publish(Narrator::new()).server(config).without_banner().bind("127.0.0.1:0").await?;
    announce(server.local_addr())?;
    server.run().await?;
    Ok(())
}
