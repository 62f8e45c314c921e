//! A socket and a body that tell the watch of their connection what happens to them.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use super::socket;
use super::transport::Transport;
use super::watch::{Busy, Watch};

/// A response's body, which is the end of its request when it is dropped.
pub(super) struct WatchedBody<B> {
    body: B,
    _busy: Busy,
}

impl<B> WatchedBody<B> {
    pub(super) fn new(body: B, busy: Busy) -> Self {
        Self { body, _busy: busy }
    }
}

impl<B: Body<Data = Bytes> + Unpin> Body for WatchedBody<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A socket that notes when a head begins and when it takes nothing more.
pub(super) struct WatchedStream {
    transport: Transport,
    watch: Arc<Watch>,
    /// The kernel was told to wait longer than usual.
    waits: bool,
    /// The kernel was told that there is a client that reads.
    has_room: bool,
    /// What is read between two requests is the beginning of a head. Not so in HTTP/2.
    reads_heads: bool,
}

impl WatchedStream {
    pub(super) fn new(transport: Transport, watch: Arc<Watch>) -> Self {
        Self { transport, watch, waits: false, has_room: false, reads_heads: true }
    }

    fn socket(&self) -> &TcpStream {
        self.transport.socket()
    }

    /// Whether there is something to be read, or nothing ever more.
    pub(super) fn is_readable(&mut self) -> bool {
        // Whoever reads it afterwards brings a waker.
        self.socket().poll_read_ready(&mut Context::from_waker(Waker::noop())).is_ready()
    }

    /// From here on what is read is frames: of requests, and of much else. The wait for the first request goes on: who
    /// has sent the preface has not asked for anything yet.
    #[cfg(feature = "http2")]
    pub(super) fn expect_frames(&mut self) {
        self.reads_heads = false;
    }

    fn has_written<T>(&mut self, written: Poll<T>) -> Poll<T> {
        if written.is_pending() {
            if self.watch.has_stalled() && !self.waits {
                self.waits = true;
                socket::wait_for_reader(self.socket(), self.watch.limits().stall);
            }
        } else if self.watch.is_stalled() {
            self.goes_on();
        }
        written
    }

    /// The client has made room for more.
    fn goes_on(&mut self) {
        self.watch.has_written();
        if !std::mem::replace(&mut self.has_room, true) {
            socket::make_room(self.socket(), self.watch.limits().send_buffer);
        }
        if std::mem::take(&mut self.waits) {
            socket::wait_as_usual(self.socket());
        }
    }
}

impl Drop for WatchedStream {
    fn drop(&mut self) {
        // What nobody takes would stay in the kernel's memory for minutes, and the client could not tell a stream
        // that was cut from one that is slow.
        if self.watch.is_stalled() {
            let _ = self.socket().set_zero_linger();
        }
    }
}

impl AsyncRead for WatchedStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.transport).poll_read(context, buffer);
        if self.reads_heads && buffer.filled().len() > before {
            self.watch.has_read();
        }
        read
    }
}

impl AsyncWrite for WatchedStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.transport).poll_write(context, bytes);
        self.has_written(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.transport).poll_write_vectored(context, slices);
        self.has_written(written)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.transport).poll_flush(context);
        // Mostly there is nothing to flush, and then nothing was written either.
        if flushed.is_pending() || self.watch.is_stalled() { self.has_written(flushed) } else { flushed }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.transport).poll_shutdown(context)
    }
}
