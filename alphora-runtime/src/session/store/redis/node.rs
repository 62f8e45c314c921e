//! The connection to one node of a cluster, which tells of commands that were sent and not answered.

use std::sync::atomic::{AtomicU64, Ordering};

use redis::aio::{ConnectionLike, MultiplexedConnection};
use redis::cluster_async::Connect;
use redis::{
    AsyncConnectionConfig, Cmd, ErrorKind, IntoConnectionInfo, Pipeline, RedisFuture, RedisResult, Value,
};

/// How many commands of this process were sent to a node and not answered. The client library of clusters sends them
/// again and says nothing of it; and it makes its connections by itself, so that this can be in none of them.
static UNANSWERED: AtomicU64 = AtomicU64::new(0);

/// How many commands were not answered until now, whoever has sent them. If it is the same number before a command and
/// after its answer, that command was sent once.
pub(super) fn unanswered() -> u64 {
    UNANSWERED.load(Ordering::SeqCst)
}

/// The connection to one node of a cluster.
#[derive(Clone)]
pub(super) struct Node(MultiplexedConnection);

impl Connect for Node {
    fn connect_with_config<'a, T>(info: T, config: AsyncConnectionConfig) -> RedisFuture<'a, Self>
    where
        T: IntoConnectionInfo + Send + 'a,
    {
        Box::pin(async move { MultiplexedConnection::connect_with_config(info, config).await.map(Self) })
    }
}

impl ConnectionLike for Node {
    fn req_packed_command<'a>(&'a mut self, command: &'a Cmd) -> RedisFuture<'a, Value> {
        Box::pin(async move { noted(self.0.req_packed_command(command).await) })
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        pipeline: &'a Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        Box::pin(async move { noted(self.0.req_packed_commands(pipeline, offset, count).await) })
    }

    fn get_db(&self) -> i64 {
        self.0.get_db()
    }
}

fn noted<T>(answer: RedisResult<T>) -> RedisResult<T> {
    // What a server says, a redirection too, is an answer.
    if answer.as_ref().is_err_and(|error| error.kind() == ErrorKind::Io) {
        UNANSWERED.fetch_add(1, Ordering::SeqCst);
    }
    answer
}
