//! The sending half of a connection's socket: hyper's, and for a moment the courier's.

use std::io;
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker, ready};

use bytes::{Buf, Bytes, BytesMut};
use tokio::io::AsyncWrite;
use tokio::net::tcp::OwnedWriteHalf;

/// The sending half of a connection's socket.
///
/// hyper writes here while its connection is polled. Only while it is polled, and hyper is busy with nothing but
/// the body that it asks for more, may somebody else write: then a chunk of the body can go out past hyper.
pub(super) struct Writer(Mutex<State>);

struct State {
    half: OwnedWriteHalf,
    /// hyper has written everything that it had, the head of the response included.
    is_clear: bool,
    /// The body, while it waits for that.
    waiting: Option<Waker>,
    /// What is left of a chunk that went past hyper. It comes before anything else.
    rest: Bytes,
}

impl Writer {
    pub(super) fn new(half: OwnedWriteHalf) -> Self {
        Self(Mutex::new(State { half, is_clear: false, waiting: None, rest: Bytes::new() }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// hyper is about to have something to write: nothing goes past it before that is written.
    pub(super) fn hold(&self) {
        self.state().is_clear = false;
    }

    /// Waits until hyper has written everything that it had.
    pub(super) fn poll_clear(&self, context: &Context<'_>) -> Poll<()> {
        let mut state = self.state();
        if state.is_clear {
            return Poll::Ready(());
        }
        state.waiting = Some(context.waker().clone());
        Poll::Pending
    }

    pub(super) fn poll_write(&self, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let mut state = self.state();
        ready!(state.poll_rest(context))?;
        Pin::new(&mut state.half).poll_write(context, bytes)
    }

    pub(super) fn poll_write_vectored(
        &self,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let mut state = self.state();
        ready!(state.poll_rest(context))?;
        Pin::new(&mut state.half).poll_write_vectored(context, slices)
    }

    /// hyper has nothing left to write when it asks for this.
    pub(super) fn poll_flush(&self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut state = self.state();
        ready!(state.poll_rest(context))?;
        state.is_clear = true;
        if let Some(waiting) = state.waiting.take() {
            waiting.wake();
        }
        Poll::Ready(Ok(()))
    }

    pub(super) fn poll_shutdown(&self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut state = self.state();
        ready!(state.poll_rest(context))?;
        Pin::new(&mut state.half).poll_shutdown(context)
    }

    /// Writes what `take` gives as a chunk of the body that hyper is sending, as far as the socket takes it at once.
    pub(super) fn pass(&self, take: impl FnOnce() -> Option<Bytes>) {
        let mut state = self.state();
        if !state.is_clear || !state.rest.is_empty() {
            return;
        }
        if let Some(bytes) = take() {
            state.rest = chunk(&bytes);
            // An error is hyper's to meet, at its next write.
            if let Ok(written) = state.half.try_write(&state.rest) {
                state.rest.advance(written);
            }
        }
    }
}

impl State {
    fn poll_rest(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.rest.is_empty() {
            let written = ready!(Pin::new(&mut self.half).poll_write(context, &self.rest))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.rest.advance(written);
        }
        Poll::Ready(Ok(()))
    }
}

/// A chunk of a body as HTTP/1.1 writes it (RFC 9112, 7.1).
fn chunk(bytes: &[u8]) -> Bytes {
    let size = format!("{:x}\r\n", bytes.len());
    let mut chunk = BytesMut::with_capacity(size.len() + bytes.len() + 2);
    chunk.extend_from_slice(size.as_bytes());
    chunk.extend_from_slice(bytes);
    chunk.extend_from_slice(b"\r\n");
    chunk.freeze()
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use tokio::io::AsyncReadExt as _;
    use tokio::net::{TcpListener, TcpStream};

    use super::*;

    async fn pair() -> (Writer, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap());
        let (accepted, client) = tokio::join!(listener.accept(), client);
        (Writer::new(accepted.unwrap().0.into_split().1), client.unwrap())
    }

    #[tokio::test]
    async fn nothing_goes_past_what_hyper_has_not_written() {
        let (writer, mut client) = pair().await;
        writer.pass(|| panic!("the head is not out"));
        poll_fn(|context| writer.poll_write(context, b"head;")).await.unwrap();
        writer.pass(|| panic!("hyper may have more"));
        poll_fn(|context| writer.poll_flush(context)).await.unwrap();
        writer.pass(|| Some(Bytes::from_static(b"0123456789abcdef")));
        writer.hold();
        writer.pass(|| panic!("hyper has a frame"));
        poll_fn(|context| writer.poll_write(context, b"end")).await.unwrap();
        poll_fn(|context| writer.poll_shutdown(context)).await.unwrap();
        let mut read = String::new();
        client.read_to_string(&mut read).await.unwrap();
        assert_eq!(read, "head;10\r\n0123456789abcdef\r\nend");
    }

    #[tokio::test]
    async fn what_the_socket_does_not_take_comes_first_later() {
        let (writer, mut client) = pair().await;
        poll_fn(|context| writer.poll_flush(context)).await.unwrap();
        let large = vec![b'x'; 16 * 1024 * 1024];
        writer.pass(|| Some(large.clone().into()));
        writer.pass(|| panic!("one at a time"));
        let (mut read, last) = (Vec::new(), async {
            poll_fn(|context| writer.poll_write(context, b"last")).await.unwrap();
            poll_fn(|context| writer.poll_shutdown(context)).await.unwrap();
        });
        let (taken, ()) = tokio::join!(client.read_to_end(&mut read), last);
        taken.unwrap();
        let head = format!("{:x}\r\n", large.len());
        assert!(read.starts_with(head.as_bytes()) && read.ends_with(b"x\r\nlast"));
        assert_eq!(read.len(), head.len() + large.len() + 2 + 4);
    }
}
