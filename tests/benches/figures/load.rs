//! Many clients, each with one request.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use crate::client::{self, Reply};

/// Requests that are under way.
pub(crate) struct Load(JoinSet<(usize, io::Result<Reply>)>);

impl Load {
    /// Starts one client for each script and whether it is streamed, evenly over `span`, so that none of them waits
    /// for the others to be accepted.
    pub(crate) fn start(address: SocketAddr, span: Duration, scripts: &[(String, bool)]) -> Self {
        let (begin, count) = (Instant::now(), u32::try_from(scripts.len()).unwrap_or(u32::MAX));
        let mut clients = JoinSet::new();
        for ((index, (script, stream)), turn) in scripts.iter().enumerate().zip(0u32..) {
            let request = client::request(script, *stream);
            clients.spawn(async move {
                sleep_until(begin + span * turn / count).await;
                (index, client::ask(address, &request).await)
            });
        }
        Self(clients)
    }

    /// Waits for all answers, in the order of the scripts.
    pub(crate) async fn replies(self) -> Vec<io::Result<Reply>> {
        let mut replies = self.0.join_all().await;
        replies.sort_unstable_by_key(|(index, _)| *index);
        replies.into_iter().map(|(_, reply)| reply).collect()
    }
}
