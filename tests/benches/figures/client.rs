//! A client of one request a connection, which notes when what came.

use std::io;
use std::net::SocketAddr;
use std::time::Instant;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What is kept of a long answer, at each of its ends.
const KEPT: usize = 8 * 1024;

/// The agent's own path, where each way to end has a name of its own.
const PATH: &str = "/alphadata/chat/completions";

/// The bytes of a request whose user says `script`, and whose connection is closed after the answer.
pub(crate) fn request(script: &str, stream: bool) -> Vec<u8> {
    let body = format!(
        "{{\"model\":\"actor\",\"messages\":[{{\"role\":\"user\",\"content\":\"{script}\"}}],\"stream\":{stream}}}"
    );
    alphora_tests::request("POST", PATH, &[], body.as_bytes())
}

/// What came until the connection was closed.
#[derive(Debug)]
pub(crate) struct Reply {
    /// Head and body with their transfer coding; the middle of a long answer is left out.
    text: String,
    /// When the request was sent, and when the first and the last byte came.
    pub(crate) sent: Instant,
    pub(crate) first: Instant,
    pub(crate) last: Instant,
}

/// Asks, and reads to the end of the connection. A connection that is reset gives what came before.
///
/// # Errors
/// Nothing came at all.
pub(crate) async fn ask(address: SocketAddr, request: &[u8]) -> io::Result<Reply> {
    let mut stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    answer(&mut stream, request).await
}

/// As [`ask`], on a connection that is open.
pub(crate) async fn answer(stream: &mut TcpStream, request: &[u8]) -> io::Result<Reply> {
    let sent = Instant::now();
    stream.write_all(request).await?;
    let (mut bytes, mut buffer) = (Vec::new(), vec![0; 16 * 1024]);
    let mut times: Option<(Instant, Instant)> = None;
    loop {
        match stream.read(&mut buffer).await {
            Err(error) if times.is_none() => return Err(error),
            Ok(0) | Err(_) => break,
            Ok(length) => {
                let now = Instant::now();
                times = Some((times.map_or(now, |(first, _)| first), now));
                bytes.extend_from_slice(&buffer[..length]);
                if bytes.len() > 4 * KEPT {
                    bytes.drain(KEPT..bytes.len() - KEPT);
                }
            }
        }
    }
    let (first, last) = times.ok_or(io::ErrorKind::UnexpectedEof)?;
    Ok(Reply { text: String::from_utf8_lossy(&bytes).into_owned(), sent, first, last })
}

impl Reply {
    pub(crate) fn status(&self) -> u16 {
        self.text.get(9..12).and_then(|code| code.parse().ok()).unwrap_or(0)
    }

    /// Whether the answer is as long as it said: its last chunk has come, or all the bytes of its length.
    pub(crate) fn is_whole(&self) -> bool {
        let Some((head, body)) = self.text.split_once("\r\n\r\n") else { return false };
        match head.split("\r\n").find_map(|line| line.strip_prefix("content-length: ")) {
            Some(length) => length.parse() == Ok(body.len()),
            None => body.ends_with("\r\n0\r\n\r\n"),
        }
    }

    /// Why the answer ended: its `finish_reason` or the code of its error. `None` is an answer without an end, and so
    /// is a stream without its `[DONE]`.
    pub(crate) fn ending(&self) -> Option<&str> {
        let body = self.text.split_once("\r\n\r\n")?.1;
        let is_stream = self.text.contains("content-type: text/event-stream");
        if !self.is_whole() || (is_stream && !body.contains("data: [DONE]\n\n")) {
            return None;
        }
        let of_error = || if body.contains("\"error\":") { Some("error") } else { None };
        value_of(body, "\"finish_reason\":\"").or_else(|| value_of(body, "\"code\":\"")).or_else(of_error)
    }
}

/// The text that follows the last `key`.
fn value_of<'a>(body: &'a str, key: &str) -> Option<&'a str> {
    let rest = &body[body.rfind(key)? + key.len()..];
    rest.split_once('"').map(|(value, _)| value)
}
