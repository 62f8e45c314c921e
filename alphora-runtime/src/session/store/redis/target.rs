//! The servers that a URL names, and how one gets a connection to them.

use std::fmt;

use redis::aio::MultiplexedConnection;
use redis::cluster::ClusterClient;
use redis::cluster_async::ClusterConnection;
use redis::sentinel::SentinelClient;
use redis::{AsyncConnectionConfig, Client, Cmd, RedisResult, Value};
use tokio::sync::Mutex;

use super::node::{Node, unanswered};
use super::timing::{ANSWER, CONNECT};

/// How many commands may wait to be written to a connection; who has one more waits before that.
const WAITING: usize = 256;

/// The servers that a URL names.
pub(super) enum Target {
    Single { name: String, client: Client },
    Sentinel(Sentinels),
    Cluster { names: Vec<String>, client: ClusterClient },
}

/// Sentinels, who know which server writes.
pub(super) struct Sentinels {
    names: Vec<String>,
    service: String,
    client: Mutex<SentinelClient>,
}

impl Sentinels {
    pub(super) fn new(names: Vec<String>, service: String, client: SentinelClient) -> Self {
        Self { names, service, client: Mutex::new(client) }
    }
}

/// A connection that many use at once.
#[derive(Clone)]
pub(super) enum Wire {
    Server(MultiplexedConnection),
    Cluster(ClusterConnection<Node>),
}

impl Wire {
    /// Sends a command. `is_repeated` is set if it may have been sent more than once: the client library does that in
    /// clusters.
    pub(super) async fn send(&mut self, command: &Cmd, is_repeated: &mut bool) -> RedisResult<Value> {
        match self {
            Self::Server(connection) => command.query_async(connection).await,
            Self::Cluster(connection) => {
                let before = unanswered();
                let answer = command.query_async(connection).await;
                *is_repeated |= unanswered() != before;
                answer
            }
        }
    }
}

impl Target {
    pub(super) async fn connect(&self) -> RedisResult<Wire> {
        let config = || {
            AsyncConnectionConfig::new()
                .set_connection_timeout(Some(CONNECT))
                .set_response_timeout(Some(ANSWER))
                .set_pipeline_buffer_size(WAITING)
        };
        match self {
            Self::Single { client, .. } => {
                client.get_multiplexed_async_connection_with_config(&config()).await.map(Wire::Server)
            }
            Self::Sentinel(sentinels) => {
                let mut client = sentinels.client.lock().await;
                client.get_async_connection_with_config(&config()).await.map(Wire::Server)
            }
            Self::Cluster { client, .. } => client.get_async_generic_connection().await.map(Wire::Cluster),
        }
    }

    pub(super) fn is_cluster(&self) -> bool {
        matches!(self, Self::Cluster { .. })
    }
}

/// Where the servers are, without the user and the password.
impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Single { name, .. } => f.debug_struct("Single").field("name", name).finish(),
            Self::Sentinel(Sentinels { names, service, .. }) => {
                f.debug_struct("Sentinel").field("sentinels", names).field("service", service).finish()
            }
            Self::Cluster { names, .. } => f.debug_struct("Cluster").field("nodes", names).finish(),
        }
    }
}
