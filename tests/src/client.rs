//! A client of one request a connection, which shows the bytes as they came.

use std::io;
use std::net::SocketAddr;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::suite_log;

/// A whole answer.
#[derive(Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    headers: Vec<(String, String)>,
    /// The body, without the transfer coding.
    pub body: String,
    /// Whether the body came in chunks and was closed properly.
    pub chunked: bool,
}

impl Answer {
    /// The first value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    /// The `data` of every event; comments are left out.
    pub fn events(&self) -> Vec<String> {
        self.body.split("\n\n").filter_map(|event| event.strip_prefix("data: ")).map(str::to_owned).collect()
    }

    /// The events before `[DONE]` as JSON; fails if the last one is another.
    pub fn chunks(&self) -> Vec<Value> {
        let mut events = self.events();
        assert_eq!(events.pop().as_deref(), Some("[DONE]"), "{}", self.body);
        events.iter().map(|event| serde_json::from_str(event).unwrap()).collect()
    }

    /// The text that an OpenAI client shows.
    pub fn content(&self) -> String {
        if self.body.starts_with('{') {
            return self.json()["choices"][0]["message"]["content"].as_str().unwrap_or_default().to_owned();
        }
        let content =
            |chunk: &Value| chunk["choices"][0]["delta"]["content"].as_str().unwrap_or_default().to_owned();
        self.chunks().iter().map(content).collect()
    }

    /// The `error` object of the body.
    pub fn error(&self) -> Value {
        let error = self.json()["error"].clone();
        for key in ["message", "type", "param", "code"] {
            assert!(error.get(key).is_some(), "an error body has `{key}`: {}", self.body);
        }
        error
    }
}

/// A connection that is read piece by piece.
pub struct Connection(TcpStream);

impl Connection {
    /// Connects and sends `bytes`.
    pub async fn send(addr: SocketAddr, bytes: &[u8]) -> io::Result<Self> {
        let mut stream = TcpStream::connect(addr).await?;
        stream.set_nodelay(true)?;
        stream.write_all(bytes).await?;
        Ok(Self(stream))
    }

    /// Sends further bytes.
    pub async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all(bytes).await
    }

    /// Whatever comes next, as text; empty at the end.
    pub async fn next(&mut self) -> io::Result<String> {
        let mut buffer = vec![0; 64 * 1024];
        let read = self.0.read(&mut buffer).await?;
        Ok(String::from_utf8_lossy(&buffer[..read]).into_owned())
    }

    /// Reads until `text` has come, and gives all that came.
    pub async fn until(&mut self, text: &str) -> io::Result<String> {
        let mut all = String::new();
        while !all.contains(text) {
            let next = self.next().await?;
            if next.is_empty() {
                return Err(io::Error::other(format!("the connection ended before {text:?}: {all}")));
            }
            all.push_str(&next);
        }
        Ok(all)
    }

    /// Reads to the end.
    pub async fn rest(&mut self) -> io::Result<Vec<u8>> {
        let mut all = Vec::new();
        self.0.read_to_end(&mut all).await?;
        Ok(all)
    }
}

/// The bytes of a request whose connection is closed after the answer.
pub fn request(method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut head = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
    if method == "POST" && !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
        head.push_str("Content-Type: application/json\r\n");
    }
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(suite_log::header());
    let body = suite_log::body(body);
    head.push_str(&format!("Content-Length: {}\r\n\r\n", body.len()));
    let mut bytes = head.into_bytes();
    bytes.extend_from_slice(&body);
    bytes
}

/// Posts JSON, or whatever `body` is.
pub async fn post(addr: SocketAddr, path: &str, body: impl ToString, headers: &[(&str, &str)]) -> Answer {
    exchange(addr, &request("POST", path, headers, body.to_string().as_bytes())).await
}

/// Gets a path.
pub async fn get(addr: SocketAddr, path: &str) -> Answer {
    exchange(addr, &request("GET", path, &[], b"")).await
}

/// Sends `bytes` and reads the whole answer.
pub async fn exchange(addr: SocketAddr, bytes: &[u8]) -> Answer {
    let mut connection = Connection::send(addr, bytes).await.unwrap();
    parse(&connection.rest().await.unwrap())
}

/// Reads a whole answer.
pub(crate) fn parse(bytes: &[u8]) -> Answer {
    let split = bytes.windows(4).position(|window| window == b"\r\n\r\n").expect("an HTTP head");
    let head = String::from_utf8(bytes[..split].to_vec()).unwrap();
    let mut lines = head.split("\r\n");
    let status =
        lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|code| code.parse().ok()).unwrap();
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let chunked = headers
        .iter()
        .any(|(name, value)| name.eq_ignore_ascii_case("transfer-encoding") && value == "chunked");
    let body = if chunked { dechunk(&bytes[split + 4..]) } else { bytes[split + 4..].to_vec() };
    Answer { status, headers, body: String::from_utf8(body).unwrap(), chunked }
}

fn dechunk(mut rest: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    loop {
        let line = rest.windows(2).position(|window| window == b"\r\n").expect("a chunk's size");
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..line]).unwrap(), 16).unwrap();
        rest = &rest[line + 2..];
        if size == 0 {
            assert_eq!(rest, b"\r\n", "the body ends after its last chunk");
            return body;
        }
        body.extend_from_slice(&rest[..size]);
        rest = &rest[size + 2..];
    }
}
