//! A client that costs little, so that what is compared is the servers: it looks at no more of an answer than it has to.

use std::net::SocketAddr;

use memchr::memmem;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::PATIENCE;
use super::contestant::AUTHORIZATION;
use crate::Result;

/// One connection, and the request that it sends again and again.
pub(super) struct Client {
    stream: TcpStream,
    request: Vec<u8>,
    answer: Vec<u8>,
}

impl Client {
    pub(super) async fn connect(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let body =
            r#"{"messages": [{"role": "user", "content": "a question of some words"}], "stream": false}"#;
        let head = format!(
            "POST /echo/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
             Authorization: {AUTHORIZATION}\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        Ok(Self { stream, request: [head.as_bytes(), body.as_bytes()].concat(), answer: Vec::new() })
    }

    /// Sends the request, and reads its answer to the end.
    pub(super) async fn ask(&mut self) -> Result {
        self.answer.clear();
        let whole = timeout(PATIENCE, async {
            self.stream.write_all(&self.request).await?;
            while !is_whole(&self.answer)? {
                if self.stream.read_buf(&mut self.answer).await? == 0 {
                    return Err("the server closed the connection".into());
                }
            }
            Ok(())
        });
        whole.await?
    }
}

/// Whether an answer is there, with all of its body.
fn is_whole(answer: &[u8]) -> Result<bool> {
    let Some(head) = memmem::find(answer, b"\r\n\r\n") else { return Ok(false) };
    if !answer.starts_with(b"HTTP/1.1 200 ") {
        return Err(format!("the server answered {}", String::from_utf8_lossy(answer)).into());
    }
    let name = b"content-length: ";
    let at = memmem::find(&answer[..head], name).ok_or("the answer does not say its length")? + name.len();
    let digits = answer[at..].iter().take_while(|byte| byte.is_ascii_digit());
    let length = digits.fold(0, |length, digit| length * 10 + usize::from(digit - b'0'));
    Ok(answer.len() >= head + 4 + length)
}
