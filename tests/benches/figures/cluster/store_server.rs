//! What several replicas share, whichever it is, and what both have in common.

use std::net::SocketAddr;
use std::process::Child;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::postgres::Postgres;
use super::redis::Redis;
use crate::Result;

/// How long a server may take until it answers.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running server; it ends when this is dropped.
pub(super) enum StoreServer {
    Redis(Redis),
    Postgres(Postgres),
}

impl StoreServer {
    /// What `session_store` is set to.
    pub(super) fn url(&self) -> String {
        match self {
            Self::Redis(redis) => redis.url(),
            Self::Postgres(postgres) => postgres.url(),
        }
    }

    /// Ends it as `kill -9` does, with all processes that it has started.
    pub(super) fn kill(&mut self) -> Result {
        match self {
            Self::Redis(redis) => redis.kill(),
            Self::Postgres(postgres) => postgres.kill(),
        }
    }

    /// Starts it again, on the same files and the same port; gives how long it took until it answered.
    pub(super) async fn start_again(&mut self) -> Result<Duration> {
        match self {
            Self::Redis(redis) => redis.start_again().await,
            Self::Postgres(postgres) => postgres.start_again().await,
        }
    }
}

/// Waits until a server answers `question` with something that begins with `answer`.
///
/// # Errors
/// The process has ended, or does not answer in time.
pub(super) async fn answers(
    child: &mut Child,
    port: u16,
    question: &[u8],
    answer: &[u8],
) -> Result<Duration> {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        if let Some(status) = child.try_wait()? {
            return Err(format!("the server of the store ended with {status}").into());
        }
        if asked(port, question, answer).await.unwrap_or(false) {
            return Ok(begun.elapsed());
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    Err("the server of the store does not answer".into())
}

async fn asked(port: u16, question: &[u8], answer: &[u8]) -> std::io::Result<bool> {
    let mut stream = TcpStream::connect(SocketAddr::from(([127, 0, 0, 1], port))).await?;
    stream.write_all(question).await?;
    let mut first = vec![0; answer.len()];
    stream.read_exact(&mut first).await?;
    Ok(first == answer)
}
