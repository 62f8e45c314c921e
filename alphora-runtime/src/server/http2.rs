//! Connections of HTTP/2, of clients that know beforehand that the server speaks it.
//!
//! Every connection begins as one of HTTP/1. When hyper finds the preface of HTTP/2 where a request should be, what
//! was read is read again here. So a connection of HTTP/1 pays nothing for the other protocol, and nothing is looked
//! at before it is served.
//!
//! A client leaves a stream by resetting it (`RST_STREAM`), or all of them with the connection. Each stream is
//! a task, because streams run at once; it is counted with the connections.

use std::cell::Cell;
use std::convert::Infallible;
use std::error::Error;
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Buf as _, Bytes};
use http::{Request, Response};
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use hyper::rt::Executor;
use hyper::server::conn::http1::Parts;
use hyper::server::conn::http2;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, sleep};
use tokio_util::task::TaskTracker;

use super::connection::obey;
use super::watch::Watch;
use super::watched::WatchedStream;
use crate::config::ServerConfig;

/// How connections of HTTP/2 are served.
pub(super) type Builder = http2::Builder<Streams>;

/// How many streams a connection has at once.
const STREAMS: u32 = 128;

/// The most of a stream's answer that waits to be sent, in bytes.
const SEND_BUFFER: usize = 64 * 1024;

/// The most that a stream's, and a connection's, client sends ahead of what is read, in bytes.
const WINDOWS: (u32, u32) = (256 * 1024, 1024 * 1024);

/// How often a client is asked whether it is still there, and for how long it may not answer.
const PING: (Duration, Duration) = (Duration::from_secs(20), Duration::from_secs(20));

/// What does not change between connections. The number of streams that a client may reset at once, against floods of
/// them, is left to h2.
pub(super) fn builder(server: &ServerConfig, connections: &TaskTracker) -> Builder {
    let mut builder =
        http2::Builder::new(Streams { tasks: connections.clone(), stall: server.stall_timeout });
    builder
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS)
        .max_header_list_size(u32::try_from(server.max_head_bytes).unwrap_or(u32::MAX))
        .max_send_buf_size(SEND_BUFFER)
        .initial_stream_window_size(WINDOWS.0)
        .initial_connection_window_size(WINDOWS.1)
        .keep_alive_interval(PING.0)
        .keep_alive_timeout(PING.1);
    builder
}

/// Goes on with a connection that turned out to be one of HTTP/2.
pub(super) async fn serve<S, B>(parts: Parts<TokioIo<WatchedStream>, S>, builder: &Builder, watch: Arc<Watch>)
where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible> + Send + 'static,
    S::Future: Send + 'static,
    B: Body<Data = Bytes> + Send + Unpin + 'static,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let Parts { io, read_buf, service, .. } = parts;
    let mut stream = io.into_inner();
    stream.expect_frames();
    let service = service_fn(move |request| {
        let response = service.call(request);
        async move { Ok::<_, Infallible>(response.await?.map(StreamBody::new)) }
    });
    let stream = Reread { read: read_buf, stream };
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
    if let Some(Err(error)) =
        obey(&watch, &mut connection, |connection| connection.get_mut().as_mut().graceful_shutdown()).await
    {
        tracing::debug!(%error, "a connection of HTTP/2 ended early");
    }
}

tokio::task_local! {
    /// Since when a stream's task holds a frame that its client has no room for.
    static HOLDS: Cell<Option<Instant>>;
}

/// Spawns the streams of connections, and ends those whose clients leave unread what waits for them. Their connection
/// is not to blame: behind a proxy, it is other clients' too.
#[derive(Clone)]
pub(super) struct Streams {
    tasks: TaskTracker,
    stall: Duration,
}

impl<F: Future<Output = ()> + Send + 'static> Executor<F> for Streams {
    fn execute(&self, stream: F) {
        let stall = self.stall;
        self.tasks.spawn(HOLDS.scope(Cell::new(None), async move {
            tokio::select! {
                biased;
                () = stream => {}
                // What hyper holds of the stream is dropped, which resets it.
                () = stalled(stall) => tracing::debug!("a client left a stream unread, which was reset"),
            }
        }));
    }
}

/// Waits until the stream of this task has held a frame for `limit`.
async fn stalled(limit: Duration) {
    loop {
        let held = HOLDS.with(Cell::get).map_or(Duration::ZERO, |since| since.elapsed());
        match limit.checked_sub(held) {
            None | Some(Duration::ZERO) => return,
            Some(rest) => sleep(rest).await,
        }
    }
}

/// How much of a body is handed over at once: a frame's worth, as HTTP/2's clients take by default.
const PIECE: usize = 16 * 1024;

/// A body that notes when its last frame was taken. hyper asks for the next one as soon as that is on its way; of a large
/// one that was handed over whole nobody would know whether the client takes it.
struct StreamBody<B> {
    body: B,
    /// What was not handed over yet of the last frame.
    rest: Bytes,
}

impl<B: Body<Data = Bytes> + Unpin> StreamBody<B> {
    fn new(body: B) -> Self {
        Self { body, rest: Bytes::new() }
    }

    fn poll_piece(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        if self.rest.is_empty() {
            let Some(frame) = ready!(Pin::new(&mut self.body).poll_frame(context)?) else {
                return Poll::Ready(None);
            };
            match frame.into_data() {
                Ok(data) => self.rest = data,
                Err(other) => return Poll::Ready(Some(Ok(other))),
            }
        }
        let length = self.rest.len().min(PIECE);
        Poll::Ready(Some(Ok(Frame::data(self.rest.split_to(length)))))
    }
}

impl<B: Body<Data = Bytes> + Unpin> Body for StreamBody<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let frame = self.poll_piece(context);
        let _ = HOLDS.try_with(|holds| holds.set(frame.is_ready().then(Instant::now)));
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let (mut hint, rest) = (self.body.size_hint(), self.rest.len() as u64);
        if let Some(upper) = hint.upper() {
            hint.set_upper(upper + rest);
        }
        hint.set_lower(hint.lower() + rest);
        hint
    }
}

/// A stream of which the beginning is read once more.
struct Reread {
    read: Bytes,
    stream: WatchedStream,
}

impl AsyncRead for Reread {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.read.is_empty() {
            return Pin::new(&mut self.stream).poll_read(context, buffer);
        }
        let length = self.read.len().min(buffer.remaining());
        buffer.put_slice(&self.read[..length]);
        self.read.advance(length);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Reread {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
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
    use http_body_util::{BodyExt as _, Full};

    use super::*;

    #[tokio::test]
    async fn a_large_body_is_handed_over_in_pieces() {
        let mut body = StreamBody::new(Full::new(Bytes::from(vec![b'x'; 2 * PIECE + 1])));
        for (length, left) in [(PIECE, PIECE + 1), (PIECE, 1), (1, 0)] {
            let data = body.frame().await.unwrap().unwrap().into_data().unwrap();
            assert_eq!((data.len(), body.size_hint().exact()), (length, Some(left as u64)));
            assert_eq!(body.is_end_stream(), left == 0);
        }
        assert!(body.frame().await.is_none());
    }
}
