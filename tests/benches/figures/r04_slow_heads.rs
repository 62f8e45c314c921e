//! R4: thousands of clients that send a head, or a body, byte by byte. Each is closed when it is due, and nobody
//! else notices them.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{sleep, sleep_until};

use crate::Result;
use crate::figure::Row;
use crate::latency::{Healthy, Latencies, milliseconds};
use crate::machine::allow_connections;
use crate::server_process::ServerProcess;
use crate::settings::Scale;

const SOCKETS: usize = 5_000;
/// The time over which they connect.
const SPREAD: Duration = Duration::from_secs(2);
/// Between two bytes of one.
const PAUSE: Duration = Duration::from_secs(1);
/// How long a client may take for a head, and for a body.
const HEAD_TIMEOUT: Duration = Duration::from_secs(3);
const BODY_TIMEOUT: Duration = Duration::from_secs(3);
/// How much later than that a connection may be closed, and how much earlier: the server looks at its connections
/// four times a second.
const LATE: Duration = Duration::from_secs(1);
const EARLY: Duration = Duration::from_millis(250);
/// How long the healthy server is measured.
const HEALTHY: Duration = Duration::from_secs(4);
/// How many times as long as at an idle server a healthy request may take.
const RATIO: f64 = 3.0;
/// A connection that is open so long after it was due is not waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is sent slowly.
struct Attack {
    name: &'static str,
    /// What is sent at once.
    begin: &'static [u8],
    /// What a byte of the rest is.
    byte: &'static [u8],
    limit: Duration,
}

const ATTACKS: [Attack; 2] = [
    Attack {
        name: "slow heads",
        begin: b"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nX-Slow: ",
        byte: b"s",
        limit: HEAD_TIMEOUT,
    },
    Attack {
        name: "slow bodies",
        begin: b"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
                 Content-Length: 10000\r\n\r\n{",
        byte: b" ",
        limit: BODY_TIMEOUT,
    },
];

/// How one slow client fared.
struct Closed {
    /// When the server closed the connection, from the first byte on; `None` if it had not in time.
    after: Option<Duration>,
    /// The status that the server sent before; 0 if it sent none.
    status: u16,
}

pub(crate) async fn run(scale: Scale) -> Result<Vec<Row>> {
    let sockets = allow_connections(scale.of(SOCKETS))?;
    let seconds = |duration: Duration| duration.as_secs().to_string();
    let options = [("head_timeout", &*seconds(HEAD_TIMEOUT)), ("body_timeout", &seconds(BODY_TIMEOUT))];
    let server = ServerProcess::start(&options).await?;
    let idle = ServerProcess::start(&options).await?;
    let before = Healthy::measure(server.address, idle.address, HEALTHY).await;
    let mut rows = Vec::new();
    for attack in &ATTACKS {
        let clients = attack.start(server.address, sockets);
        // From the first of them to the last that is due.
        let span = SPREAD + attack.limit;
        let healthy = Healthy::measure(server.address, idle.address, span).await;
        let closed = clients.join_all().await;
        rows.extend(attack.rows(&closed, sockets));
        rows.extend(healthy.rows(&format!("under {}", attack.name), &before, RATIO));
    }
    Ok(rows)
}

impl Attack {
    fn start(&'static self, address: SocketAddr, sockets: usize) -> JoinSet<Closed> {
        let (begin, count) = (tokio::time::Instant::now(), u32::try_from(sockets).unwrap_or(u32::MAX));
        let mut clients = JoinSet::new();
        for turn in 0..count {
            clients.spawn(async move {
                sleep_until(begin + SPREAD * turn / count).await;
                self.client(address).await.unwrap_or(Closed { after: Some(Duration::ZERO), status: 0 })
            });
        }
        clients
    }

    /// Sends byte by byte until the connection is closed. What the server says before is read as it comes: some say
    /// 408.
    async fn client(&self, address: SocketAddr) -> std::io::Result<Closed> {
        let mut stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        stream.write_all(self.begin).await?;
        let begun = Instant::now();
        let (mut reader, mut writer) = stream.split();
        let mut said = Vec::new();
        let closed = async {
            // A reset is an end like any other.
            while reader.read_buf(&mut said).await.is_ok_and(|length| length > 0) {}
            begun.elapsed()
        };
        let sending = async {
            while writer.write_all(self.byte).await.is_ok() {
                sleep(PAUSE).await;
            }
            // The end is what the reader sees.
            std::future::pending::<()>().await;
        };
        let after = tokio::select! {
            after = closed => Some(after),
            () = sending => None,
            () = sleep(self.limit + PATIENCE) => None,
        };
        let status = said.get(9..12).and_then(|code| std::str::from_utf8(code).ok()?.parse().ok());
        Ok(Closed { after, status: status.unwrap_or(0) })
    }

    fn rows(&self, closed: &[Closed], sockets: usize) -> Vec<Row> {
        let Self { name, limit, .. } = self;
        let times: Latencies = closed.iter().filter_map(|closed| closed.after).collect();
        let early = closed.iter().filter(|closed| closed.after.is_some_and(|after| after + EARLY < *limit));
        let mut statuses: Vec<u16> = closed.iter().map(|closed| closed.status).collect();
        statuses.sort_unstable();
        statuses.dedup();
        vec![
            Row::exactly(format_args!("{name}: closed"), times.count(), sockets),
            Row::exactly(format_args!("{name}: closed too early"), early.count(), 0),
            Row::at_most(
                format_args!("{name}: the last one closed after (its limit is {limit:?})"),
                times.percentile(100).as_secs_f64(),
                (*limit + LATE).as_secs_f64(),
                " s",
            ),
            Row::shown(
                format_args!("{name}: closed after, p50 / p99; statuses (0 is none)"),
                format_args!(
                    "{} / {} ms; {statuses:?}",
                    milliseconds(times.percentile(50)),
                    milliseconds(times.percentile(99))
                ),
            ),
        ]
    }
}
