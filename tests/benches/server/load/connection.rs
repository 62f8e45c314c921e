//! One connection of the load: raw HTTP/1.1, one request at a time.

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::response::Response;

/// The path of the agent on both servers.
const PATH: &str = "/alphadata/chat/completions";

/// The bytes of a request whose user says `content`.
pub(crate) fn request(content: &str, stream: bool) -> Vec<u8> {
    let body = format!(
        "{{\"model\":\"gpt-4\",\"messages\":[{{\"role\":\"user\",\"content\":\"{content}\"}}],\
         \"stream\":{stream},\"user\":\"user-123\"}}"
    );
    let length = body.len();
    format!(
        "POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: alphora-bench\r\nAccept: */*\r\n\
         Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

/// A connection and the response that it is reading.
pub(crate) struct Connection {
    socket: TcpStream,
    buffer: Box<[u8]>,
    pub(crate) response: Response,
}

impl Connection {
    /// Connects, and will read at most `buffer` bytes at a time.
    pub(crate) async fn open(address: SocketAddr, buffer: usize) -> io::Result<Self> {
        let socket = TcpStream::connect(address).await?;
        socket.set_nodelay(true)?;
        Ok(Self { socket, buffer: vec![0; buffer].into(), response: Response::new() })
    }

    /// Sends `request` and reads the whole response; `read` hears after each read how many events it brought.
    pub(crate) async fn exchange(
        &mut self,
        request: &[u8],
        mut read: impl FnMut(usize) + Send,
    ) -> io::Result<()> {
        self.response.reset();
        self.socket.write_all(request).await?;
        while !self.response.is_done() {
            let before = self.response.events();
            let length = self.socket.read(&mut self.buffer).await?;
            if length == 0 {
                return Err(io::Error::other("the server closed the connection within a response"));
            }
            self.response.feed(&self.buffer[..length])?;
            read(self.response.events() - before);
        }
        Ok(())
    }
}
