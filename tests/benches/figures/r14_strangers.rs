//! R14: one owner asks with the ids of another one's sessions and runs. Nothing of the other's comes back, nothing of
//! it changes, and no answer can be told from the answer to an id that never was. And a search among API keys takes as
//! many instructions for a wrong key as for a right one, wherever it differs.

pub(crate) mod comparison;
mod pair;
mod probe;

use std::sync::Arc;
use std::time::Duration;

use alphora::axum::http::HeaderMap;
use alphora::session::store::{InMemoryStore, StoreLimits};
use alphora::{AuthenticationError, Environment, Principal};
use alphora_tests::{Scripted, TestServer};

use self::pair::Pair;
use self::probe::KINDS;
use crate::Result;
use crate::figure::Row;
use crate::latency::Latencies;
use crate::parallel::in_parallel;
use crate::settings::Scale;

const PROBES: usize = 20_000;
/// The probes of one pair of owners.
const BATCH: usize = 40;
const WORKERS: usize = 16;

/// What came of probes.
#[derive(Debug, Default)]
struct Tally {
    probes: [usize; KINDS.len()],
    /// Answers in which something of the other owner's was.
    hits: usize,
    /// Answers that could be told from those to an id of nothing.
    differ: usize,
    /// Sessions and runs of the other owner that were not what they had been.
    changed: usize,
    /// Requests without an answer.
    silent: usize,
    /// How long answers took: to another's id, and to one of nothing.
    times: [Vec<Duration>; 2],
}

pub(crate) async fn run(scale: Scale) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    // Half with the sessions in the process alone, half with a store behind it.
    let probes = scale.of(PROBES).div_ceil(2);
    for in_a_store in [false, true] {
        let publisher = alphora::publish(Scripted::new(Arc::default())).authenticate(by_name);
        let publisher = match in_a_store {
            true => publisher.session_store(Arc::new(InMemoryStore::new(StoreLimits::default()))),
            false => publisher,
        };
        let server = TestServer::start_with(publisher.environment(Environment::empty())).await;
        let address = server.addr;
        let tallies = in_parallel(probes.div_ceil(BATCH), WORKERS, move |batch| async move {
            let mut tally = Tally::default();
            match Pair::open(address, batch).await {
                Ok(pair) => pair.probe(BATCH.min(probes - batch * BATCH), &mut tally).await,
                Err(error) => {
                    crate::note::example(&format!("pair {batch}: {error}"));
                    tally.silent += 1;
                }
            }
            tally
        });
        let tally = tallies.await.into_iter().fold(Tally::default(), Tally::and);
        rows.extend(tally.rows(if in_a_store { "in a store" } else { "in the process" }));
    }
    rows.extend(tokio::task::spawn_blocking(comparison::rows).await??);
    Ok(rows)
}

/// Whose a request is: whoever it says.
fn by_name(headers: &HeaderMap) -> Result<Principal, AuthenticationError> {
    let user = headers.get("x-user").and_then(|user| user.to_str().ok());
    user.map(Principal::new).ok_or_else(AuthenticationError::unauthenticated)
}

impl Tally {
    fn and(mut self, mut other: Self) -> Self {
        for (ours, theirs) in self.probes.iter_mut().zip(other.probes) {
            *ours += theirs;
        }
        self.hits += other.hits;
        self.differ += other.differ;
        self.changed += other.changed;
        self.silent += other.silent;
        for (ours, theirs) in self.times.iter_mut().zip(&mut other.times) {
            ours.append(theirs);
        }
        self
    }

    fn rows(self, place: &str) -> Vec<Row> {
        let kinds = KINDS.iter().zip(self.probes).map(|(kind, count)| format!("{} {count}", kind.name()));
        let kinds = kinds.collect::<Vec<_>>().join(", ");
        let [theirs, nothings] = self.times.map(|times| {
            let median = times.into_iter().collect::<Latencies>().percentile(50);
            format!("{:.0}", median.as_secs_f64() * 1e6)
        });
        vec![
            Row::shown(format_args!("sessions {place}: probes"), kinds),
            Row::exactly(
                format_args!("sessions {place}: answers with something of another owner's"),
                self.hits,
                0,
            ),
            Row::exactly(
                format_args!("sessions {place}: answers that differ from those to an id that never was"),
                self.differ,
                0,
            ),
            Row::exactly(
                format_args!("sessions {place}: sessions and runs of another owner that changed"),
                self.changed,
                0,
            ),
            Row::exactly(format_args!("sessions {place}: requests without an answer"), self.silent, 0),
            Row::shown(
                format_args!("sessions {place}: median answer to another's id, and to one of nothing"),
                format_args!("{theirs}, {nothings} µs"),
            ),
        ]
    }
}
