//! One connection of the load: raw HTTP/1.1, one request at a time.

use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;

use super::response::Response;

/// More than a server sends at a time, so that a read takes all that is there.
const BUFFER: usize = 64 * 1024;

/// What all connections of a load read into, each for as long as it looks at what it has read: memory that stays
/// in the processor's cache, however many connections there are.
#[derive(Clone)]
pub(crate) struct Buffer(Arc<Mutex<Box<[u8]>>>);

impl Buffer {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Mutex::new(vec![0; BUFFER].into())))
    }
}

/// A connection and the response that it is reading.
pub(crate) struct Connection {
    socket: TcpStream,
    buffer: Buffer,
    pub(crate) response: Response,
}

impl Connection {
    /// Connects, and will read through `buffer`.
    pub(crate) async fn open(address: SocketAddr, buffer: &Buffer) -> io::Result<Self> {
        let socket = TcpStream::connect(address).await?;
        socket.set_nodelay(true)?;
        Ok(Self { socket, buffer: buffer.clone(), response: Response::new() })
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
            poll_fn(|context| self.poll_read(context)).await?;
            read(self.response.events() - before);
        }
        Ok(())
    }

    fn poll_read(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut buffer = self.buffer.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut bytes = ReadBuf::new(&mut buffer);
        ready!(Pin::new(&mut self.socket).poll_read(context, &mut bytes))?;
        if bytes.filled().is_empty() {
            return Poll::Ready(Err(io::Error::other("the server closed the connection within a response")));
        }
        Poll::Ready(self.response.feed(bytes.filled()))
    }
}
