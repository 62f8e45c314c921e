//! A client of many requests a connection, which says how far a broken answer came.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::client::{Answer, parse};

/// What a client got for a request.
#[derive(Debug)]
pub enum Received {
    /// All of it; the connection can be used again.
    Whole(Answer),
    /// What came until the connection broke or the client gave up: head, chunk sizes and all.
    Part(String),
}

impl Received {
    /// Whether the server has said that the turn is stored: a whole answer with status 200, or the `[DONE]` of one.
    /// A stream that tells of an error has ended as well as a stream can, and is none.
    pub fn is_acknowledged(&self) -> bool {
        let good = |text: &str| text.contains("data: [DONE]\n\n") && !text.contains("data: {\"error\"");
        match self {
            Self::Whole(answer) if answer.chunked => answer.status == 200 && good(&answer.body),
            Self::Whole(answer) => answer.status == 200,
            Self::Part(text) => text.starts_with("HTTP/1.1 200") && good(text),
        }
    }

    /// Whether the server has said that the turn failed.
    pub fn is_refused(&self) -> bool {
        match self {
            Self::Whole(_) => !self.is_acknowledged(),
            Self::Part(text) => text.contains("data: {\"error\""),
        }
    }
}

/// A connection that stays open between requests.
#[derive(Debug)]
pub struct KeptConnection {
    stream: TcpStream,
    received: Vec<u8>,
    /// Headers that all requests have, as lines.
    headers: String,
    /// Of `received`, what belongs to the last answer.
    answered: usize,
}

impl KeptConnection {
    /// Connects.
    pub async fn open(addr: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(addr).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, received: Vec::new(), headers: String::new(), answered: 0 })
    }

    /// Adds a header to all requests from now on.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.extend([name, ": ", value, "\r\n"]);
        self
    }

    /// The head of a request whose body is so long.
    pub fn head(path: &str, length: usize) -> String {
        let head = format!("POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n");
        format!("{head}Content-Length: {length}\r\n\r\n")
    }

    /// Posts JSON, and waits for its answer at most for `patience`.
    pub async fn post(&mut self, path: &str, body: impl ToString, patience: Duration) -> Received {
        let body = body.to_string();
        let head = Self::head(path, body.len());
        let request = format!("{}{}\r\n{body}", &head[..head.len() - 2], self.headers);
        self.exchange(&request, patience).await
    }

    /// Asks without a body, and waits for the answer at most for `patience`. Not for `HEAD`, whose answers are shorter
    /// than they say.
    pub async fn ask(&mut self, method: &str, path: &str, patience: Duration) -> Received {
        let request = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\n{}\r\n", self.headers);
        self.exchange(&request, patience).await
    }

    async fn exchange(&mut self, request: &str, patience: Duration) -> Received {
        self.received.drain(..std::mem::take(&mut self.answered));
        // Half of an answer may be there although the request could not be sent to its end.
        let exchanged = tokio::time::timeout(patience, async {
            let sent = self.stream.write_all(request.as_bytes()).await;
            let end = self.answer().await?;
            sent.map(|()| end)
        });
        match exchanged.await {
            Ok(Ok(end)) => {
                self.answered = end;
                Received::Whole(parse(self.last_answer()))
            }
            Ok(Err(_)) | Err(_) => Received::Part(String::from_utf8_lossy(&self.received).into_owned()),
        }
    }

    /// The bytes of the last answer that was whole.
    pub fn last_answer(&self) -> &[u8] {
        &self.received[..self.answered]
    }

    /// Reads until a whole answer is there, and gives its length.
    async fn answer(&mut self) -> io::Result<usize> {
        loop {
            if let Some(end) = length_of_answer(&self.received) {
                return Ok(end);
            }
            if self.stream.read_buf(&mut self.received).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }
}

/// The length of the answer that `bytes` begin with, or `None` while it is not whole.
fn length_of_answer(bytes: &[u8]) -> Option<usize> {
    let head = find(bytes, b"\r\n\r\n")?;
    let text = String::from_utf8_lossy(&bytes[..head]).to_ascii_lowercase();
    let mut at = head + 4;
    if let Some((_, length)) = text.split_once("content-length: ") {
        let digits = length.split("\r\n").next().unwrap_or_default();
        at += digits.parse::<usize>().unwrap_or_default();
        return (at <= bytes.len()).then_some(at);
    }
    loop {
        let line = find(bytes.get(at..)?, b"\r\n")?;
        let size = usize::from_str_radix(std::str::from_utf8(&bytes[at..at + line]).ok()?, 16).ok()?;
        at += line + 2 + size + 2;
        if at > bytes.len() {
            return None;
        }
        if size == 0 {
            return Some(at);
        }
    }
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}
