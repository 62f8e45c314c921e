//! Clients that leave: after how much, and how.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use alphora_tests::chaos::Random;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::subject::Ledger;

/// How a client leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Goodbye {
    /// It closes its socket.
    Fin,
    /// It breaks its connection.
    Rst,
    /// It closes the half that it writes to, and stays.
    HalfClose,
}

pub(super) const GOODBYES: [Goodbye; 3] = [Goodbye::Fin, Goodbye::Rst, Goodbye::HalfClose];

/// What a run does, and how its client leaves it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kind {
    pub(super) command: &'static str,
    /// The events before the client leaves.
    pub(super) chunks: usize,
    pub(super) stream: bool,
    pub(super) goodbye: Goodbye,
    /// The run is to go on without its client, and to store its session.
    pub(super) goes_on: bool,
}

impl Kind {
    /// Some kind; the same for the same number.
    pub(super) fn of(number: usize) -> Self {
        let mut random = Random::new(number as u64);
        Self {
            command: random.pick(&["hang", "flow"]),
            chunks: random.below(8),
            stream: random.one_in(2),
            goodbye: random.pick(&GOODBYES),
            goes_on: false,
        }
    }

    fn request(&self, number: usize) -> Vec<u8> {
        let Self { command, chunks, stream, .. } = self;
        let session = if self.goes_on { format!(",\"session_id\":\"s{number}\"") } else { String::new() };
        let body = format!(
            "{{\"messages\":[{{\"role\":\"user\",\"content\":\"{number} {command} {chunks}\"}}],\"stream\":{stream}{session}}}"
        );
        let headers: &[_] = if self.goes_on { &[("x-alphora-on-disconnect", "continue")] } else { &[] };
        alphora_tests::request("POST", "/v1/chat/completions", headers, body.as_bytes())
    }
}

/// Asks, leaves, and gives the time from then to the end of the run; `None` if it has not ended within `patience`.
pub(super) async fn leave(
    address: SocketAddr,
    ledger: Arc<Ledger>,
    number: usize,
    kind: Kind,
    patience: Duration,
) -> Option<Duration> {
    tokio::time::timeout(patience, async {
        let mut stream = ask(address, &ledger, number, kind).await.ok()?;
        let left = Instant::now();
        let half_closed = match kind.goodbye {
            Goodbye::Fin => {
                drop(stream);
                None
            }
            Goodbye::Rst => {
                stream.set_zero_linger().ok()?;
                drop(stream);
                None
            }
            Goodbye::HalfClose => {
                stream.shutdown().await.ok()?;
                Some(stream)
            }
        };
        let ended = loop {
            if let Some(dropped) = ledger.dropped(number) {
                // A run may end by itself in between, when it is to go on.
                break dropped.saturating_duration_since(left);
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        };
        // It was kept until now: the run has not ended for the want of a socket.
        drop(half_closed);
        Some(ended)
    })
    .await
    .ok()?
}

/// Sends the request and waits for as much of the answer as the client wants.
async fn ask(address: SocketAddr, ledger: &Ledger, number: usize, kind: Kind) -> io::Result<TcpStream> {
    let mut stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    stream.write_all(&kind.request(number)).await?;
    if kind.stream && kind.chunks > 0 {
        let last = format!("chunk-{};", kind.chunks);
        let mut text = Vec::new();
        while !text.windows(last.len()).any(|window| window == last.as_bytes()) {
            if stream.read_buf(&mut text).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }
    while !ledger.has_reached(number) {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    Ok(stream)
}

/// How long events take to a client that reads them.
pub(super) async fn delays(address: SocketAddr, ledger: Arc<Ledger>) -> Vec<Duration> {
    let read = async {
        let body = "{\"messages\":[{\"role\":\"user\",\"content\":\"999999999 stamps 0\"}],\"stream\":true}";
        let request = alphora_tests::request("POST", "/v1/chat/completions", &[], body.as_bytes());
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(&request).await?;
        let (mut piece, mut delays) = (vec![0; 16 * 1024], Vec::new());
        loop {
            let length = stream.read(&mut piece).await?;
            let now = ledger.now();
            if length == 0 {
                return Ok::<_, io::Error>(delays);
            }
            let text = String::from_utf8_lossy(&piece[..length]);
            let stamps = text.split("at=").skip(1).filter_map(|rest| rest.split_once(';'));
            let stamps = stamps.filter_map(|(stamp, _)| stamp.parse().ok());
            delays.extend(stamps.map(|sent| now.saturating_sub(Duration::from_micros(sent))));
        }
    };
    read.await.unwrap_or_default()
}
