//! How long a connection may wait for its client: for the next request, for the rest of a head, and for room to
//! write.
//!
//! hyper has one timer for both, and sets it anew for each request. Proxies keep idle connections for a minute and
//! more, while a head that does not come is an attack: they need two limits. One slow tick a connection watches
//! all of them and costs nothing a request.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Instant;

/// How long a client may take to send the head of a request, from its first byte.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a connection may be idle between two requests. Longer than the minute for which proxies keep theirs, so
/// that it is never the server that ends a connection which a proxy is about to use.
const IDLE_TIMEOUT: Duration = Duration::from_secs(75);

/// How long a client may leave unread what waits for it. A run is polled by its connection, which does not poll it
/// while the socket is full: this is the clock that still runs then.
const STALL_TIMEOUT: Duration = Duration::from_secs(60);

/// How often a connection is looked at.
const TICK: Duration = Duration::from_secs(5);

/// What a connection is doing, as far as its limits are concerned. Times are milliseconds since it was accepted.
pub(super) struct Watch {
    accepted: Instant,
    /// A request is being served.
    busy: AtomicBool,
    /// Since when no request is.
    idle_since: AtomicU64,
    /// When the first byte of a head came, plus one; 0 while there is none.
    head_since: AtomicU64,
    /// Since when the socket takes nothing more, plus one; 0 while it does.
    stalled_since: AtomicU64,
}

impl Watch {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self {
            accepted: Instant::now(),
            busy: AtomicBool::new(false),
            idle_since: AtomicU64::new(0),
            head_since: AtomicU64::new(0),
            stalled_since: AtomicU64::new(0),
        })
    }

    fn now(&self) -> u64 {
        u64::try_from(self.accepted.elapsed().as_millis()).unwrap_or(u64::MAX - 1)
    }

    /// Waits until the client has used up one of its limits.
    pub(super) async fn expired(&self) {
        loop {
            tokio::time::sleep(TICK).await;
            let waited_since = |since: u64, limit: Duration| {
                u128::from(self.now().saturating_sub(since)) >= limit.as_millis()
            };
            let stalled = self.stalled_since.load(Ordering::Relaxed);
            if stalled > 0 && waited_since(stalled - 1, STALL_TIMEOUT) {
                return;
            }
            if self.busy.load(Ordering::Relaxed) {
                continue;
            }
            let expired = match self.head_since.load(Ordering::Relaxed) {
                0 => waited_since(self.idle_since.load(Ordering::Relaxed), IDLE_TIMEOUT),
                head => waited_since(head - 1, HEAD_TIMEOUT),
            };
            if expired {
                return;
            }
        }
    }

    /// A request has begun; dropping the guard, with the response's body, is its end.
    pub(super) fn begin(self: &Arc<Self>) -> Busy {
        self.busy.store(true, Ordering::Relaxed);
        self.head_since.store(0, Ordering::Relaxed);
        Busy(self.clone())
    }

    fn has_written<T>(&self, written: &Poll<T>) {
        if written.is_ready() {
            self.stalled_since.store(0, Ordering::Relaxed);
        } else if self.stalled_since.load(Ordering::Relaxed) == 0 {
            self.stalled_since.store(self.now() + 1, Ordering::Relaxed);
        }
    }

    fn has_read(&self) {
        if !self.busy.load(Ordering::Relaxed) && self.head_since.load(Ordering::Relaxed) == 0 {
            self.head_since.store(self.now() + 1, Ordering::Relaxed);
        }
    }
}

/// A request is being served.
pub(super) struct Busy(Arc<Watch>);

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.idle_since.store(self.0.now(), Ordering::Relaxed);
        self.0.busy.store(false, Ordering::Relaxed);
    }
}

/// A response's body, which is the end of its request when it is dropped.
pub(super) struct WatchedBody {
    body: Body,
    _busy: Busy,
}

impl WatchedBody {
    pub(super) fn new(body: Body, busy: Busy) -> Self {
        Self { body, _busy: busy }
    }
}

impl http_body::Body for WatchedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A socket that notes when a head begins.
pub(super) struct WatchedStream {
    stream: TcpStream,
    watch: Arc<Watch>,
}

impl WatchedStream {
    pub(super) fn new(stream: TcpStream, watch: Arc<Watch>) -> Self {
        Self { stream, watch }
    }
}

impl AsyncRead for WatchedStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        if buffer.filled().len() > before {
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
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.watch.has_written(&written);
        written
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.watch.has_written(&written);
        written
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Seconds until the watch expires, or `None` if it has not after ten minutes.
    async fn seconds(watch: &Watch) -> Option<u64> {
        let begun = Instant::now();
        let expired = tokio::time::timeout(Duration::from_secs(600), watch.expired()).await;
        expired.ok().map(|()| begun.elapsed().as_secs())
    }

    #[tokio::test(start_paused = true)]
    async fn each_wait_has_its_own_limit() {
        assert_eq!(seconds(&Watch::new()).await, Some(75), "idle");

        let watch = Watch::new();
        watch.has_read();
        assert_eq!(seconds(&watch).await, Some(10), "a head that does not end");

        let watch = Watch::new();
        watch.has_read();
        let busy = watch.begin();
        watch.has_read();
        assert_eq!(seconds(&watch).await, None, "a request may take as long as its own clocks allow");
        watch.has_written(&Poll::<()>::Pending);
        assert_eq!(seconds(&watch).await, Some(60), "a client that does not read");
        watch.has_written(&Poll::Ready(()));
        assert_eq!(seconds(&watch).await, None);
        drop(busy);
        assert_eq!(seconds(&watch).await, Some(75), "idle again, from the end of the answer");
    }
}
