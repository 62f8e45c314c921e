//! Durations of a kind, and the healthy requests that show whether a server is still quick.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use crate::client;
use crate::figure::Row;

/// Between two pairs of healthy requests.
const PAUSE: Duration = Duration::from_millis(2);
/// A healthy request that takes longer counts as refused.
const PATIENCE: Duration = Duration::from_secs(10);
/// A percentile is not taken to be shorter than this: on a machine that others use too, one turn of the scheduler is
/// as long.
const LEAST: Duration = Duration::from_millis(2);

/// Durations in ascending order.
#[derive(Debug, Default, Clone)]
pub(crate) struct Latencies(Vec<Duration>);

impl FromIterator<Duration> for Latencies {
    fn from_iter<T: IntoIterator<Item = Duration>>(durations: T) -> Self {
        let mut all: Vec<_> = durations.into_iter().collect();
        all.sort_unstable();
        Self(all)
    }
}

impl Latencies {
    /// The duration that `percent` of all are at most as long as; 100 is the longest.
    pub(crate) fn percentile(&self, percent: usize) -> Duration {
        let index = (self.0.len() * percent).div_ceil(100).saturating_sub(1);
        self.0.get(index).copied().unwrap_or_default()
    }

    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }
}

/// Requests of a well-behaved client, to a server under load and to another one that has nothing to do.
///
/// They alternate, so that whatever else the machine does at that time is in both.
#[derive(Debug)]
pub(crate) struct Healthy {
    loaded: Latencies,
    idle: Latencies,
    /// Those to the loaded server that were not answered with 200 in time.
    refused: usize,
}

impl Healthy {
    /// Asks on new connections, one after the other, for as long as `span`.
    pub(crate) async fn measure(loaded: SocketAddr, idle: SocketAddr, span: Duration) -> Self {
        let request = client::request("say well", false);
        let begun = Instant::now();
        let (mut ours, mut others, mut refused) = (Vec::new(), Vec::new(), 0);
        while begun.elapsed() < span {
            match time(loaded, &request).await {
                Some(duration) => ours.push(duration),
                None => refused += 1,
            }
            others.extend(time(idle, &request).await);
            tokio::time::sleep(PAUSE).await;
        }
        Self { loaded: ours.into_iter().collect(), idle: others.into_iter().collect(), refused }
    }

    /// The rows that compare the two servers under `load`; `before` is from a time without it.
    pub(crate) fn rows(&self, load: &str, before: &Self, goal: f64) -> Vec<Row> {
        let least = |latencies: &Latencies| latencies.percentile(99).max(LEAST).as_secs_f64();
        let two = |latencies: &Latencies| {
            let [p50, p99] = [50, 99].map(|percent| milliseconds(latencies.percentile(percent)));
            format!("{p50} / {p99} ms")
        };
        let all = self.loaded.count() + self.refused;
        vec![
            Row::shown(
                format_args!("healthy requests, p50 / p99, before; {load}; at an idle server meanwhile"),
                format_args!("{}; {}; {}", two(&before.loaded), two(&self.loaded), two(&self.idle)),
            ),
            Row::at_most(
                format_args!("their p99 {load}, as a multiple of the idle server's (of at least {LEAST:?})"),
                least(&self.loaded) / least(&self.idle),
                goal,
                "",
            ),
            Row::exactly(format_args!("refused of {all} {load}"), self.refused, 0),
        ]
    }
}

/// How long a healthy request took, if it was answered as it should be: from when the connection is there, accepted or
/// not. Before that the client's kernel looks for a port, which takes long when most are in use by the same load.
async fn time(address: SocketAddr, request: &[u8]) -> Option<Duration> {
    let reply = tokio::time::timeout(PATIENCE, client::ask(address, request)).await.ok()?.ok()?;
    (reply.status() == 200 && reply.is_whole()).then(|| reply.last - reply.sent)
}

/// A duration in milliseconds, as it is shown.
pub(crate) fn milliseconds(duration: Duration) -> String {
    format!("{:.1}", duration.as_secs_f64() * 1e3)
}
