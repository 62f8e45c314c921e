//! R3: requests that are none, or that say what cannot be. None of them is the server's fault, none panics, and none
//! leaves anything behind.

mod attack;
mod body;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use alphora_tests::chaos::Random;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::Result;
use crate::figure::Row;
use crate::parallel::in_parallel;
use crate::proc_stat::resident_kib;
use crate::server_process::ServerProcess;
use crate::settings::Scale;

const REQUESTS: usize = 100_000;
const WORKERS: usize = 64;
/// How long a client waits for an answer before it says that nothing more comes from it.
const PATIENCE: Duration = Duration::from_millis(50);
/// How long it then waits for the end of the connection. The server's own timeouts are no part of this figure.
const END: Duration = Duration::from_secs(5);
/// What the server may have in the end beyond what it had after the first tenth of the requests.
const GROWTH: f64 = 64.0;
/// What is kept of an answer.
const KEPT: usize = 4096;

/// What came of one request.
enum Outcome {
    /// The status of the first answer.
    Answered(u16),
    /// The connection was closed without a word.
    Closed,
    /// It was still open in the end.
    Open,
}

pub(crate) async fn run(scale: Scale) -> Result<Vec<Row>> {
    let mut server = ServerProcess::start(&[("head_timeout", "1"), ("body_timeout", "1")]).await?;
    let requests = scale.of(REQUESTS);
    // What allocators and pools keep, they have taken by then.
    let warm = requests / 10;
    let mut tally = Tally::default();
    tally.add(attack(server.address, 0, warm).await);
    let before = resident_kib(server.id())?;
    tally.add(attack(server.address, warm, requests - warm).await);
    let state = server.wait_until(END, |state| state.running == 0).await?;
    let grown = resident_kib(server.id())?.saturating_sub(before);
    #[expect(clippy::cast_precision_loss, reason = "kibibytes of one process")]
    let grown = grown as f64 / 1024.0;
    let alive = healthy(server.address).await;
    let mut rows = tally.rows(requests);
    rows.extend([
        Row::exactly("panics", state.panics, 0),
        Row::exactly("runs left", state.running, 0),
        Row::at_most("memory of the process, grown by", grown, GROWTH, " MiB"),
        Row::exactly("healthy requests afterwards, of 100", alive, 100),
    ]);
    Ok(rows)
}

async fn attack(address: SocketAddr, from: usize, count: usize) -> Vec<(&'static str, Outcome)> {
    in_parallel(count, WORKERS, move |number| async move {
        let (name, bytes) = attack::one(&mut Random::new((from + number) as u64));
        let outcome = send(address, &bytes).await;
        if let Outcome::Answered(500..) | Outcome::Open = outcome {
            crate::note::example(&format!("{name}: {}", bytes[..bytes.len().min(300)].escape_ascii()));
        }
        (name, outcome)
    })
    .await
}

/// Sends what may be no request, and says what came of it.
async fn send(address: SocketAddr, bytes: &[u8]) -> Outcome {
    let Ok(mut stream) = TcpStream::connect(address).await else { return Outcome::Closed };
    let mut said = Vec::new();
    // A server that has answered already may close its side; that ends the sending, too.
    let _ = stream.write_all(bytes).await;
    let _ = timeout(PATIENCE, read(&mut stream, &mut said)).await;
    let _ = stream.shutdown().await;
    let ended = timeout(END, read(&mut stream, &mut said)).await.is_ok();
    match said.strip_prefix(b"HTTP/1.").and_then(|rest| rest.get(2..5)) {
        _ if !ended => Outcome::Open,
        Some(status) => String::from_utf8_lossy(status).parse().map_or(Outcome::Closed, Outcome::Answered),
        None => Outcome::Closed,
    }
}

async fn read(stream: &mut TcpStream, said: &mut Vec<u8>) {
    let mut buffer = vec![0; KEPT];
    while let Ok(length @ 1..) = stream.read(&mut buffer).await {
        said.extend_from_slice(&buffer[..length.min(KEPT - said.len().min(KEPT))]);
    }
}

/// How many of a hundred ordinary requests are answered.
async fn healthy(address: SocketAddr) -> usize {
    let request = crate::client::request("say hi", false);
    let mut answered = 0;
    for _ in 0..100 {
        answered += usize::from(matches!(send(address, &request).await, Outcome::Answered(200)));
    }
    answered
}

#[derive(Default)]
struct Tally {
    statuses: BTreeMap<u16, usize>,
    closed: usize,
    open: usize,
    kinds: BTreeMap<&'static str, usize>,
}

impl Tally {
    fn add(&mut self, outcomes: Vec<(&'static str, Outcome)>) {
        for (kind, outcome) in outcomes {
            *self.kinds.entry(kind).or_default() += 1;
            match outcome {
                Outcome::Answered(status) => *self.statuses.entry(status).or_default() += 1,
                Outcome::Closed => self.closed += 1,
                Outcome::Open => self.open += 1,
            }
        }
    }

    fn rows(&self, requests: usize) -> Vec<Row> {
        let list = |counts: Vec<(String, usize)>| {
            counts.into_iter().map(|(what, count)| format!("{what} {count}")).collect::<Vec<_>>().join(", ")
        };
        let kinds = self.kinds.iter().map(|(kind, count)| ((*kind).to_owned(), *count)).collect();
        let statuses = self.statuses.iter().map(|(status, count)| (status.to_string(), *count)).collect();
        let faults: usize = self.statuses.range(500..).map(|(_, count)| count).sum();
        vec![
            Row::shown("requests", list(kinds)),
            Row::shown("answers", list(statuses)),
            Row::shown("connections that were closed without an answer", self.closed),
            Row::exactly(format_args!("answers of {requests} with a status of 500 or above"), faults, 0),
            Row::exactly("connections that were left open", self.open, 0),
        ]
    }
}
