//! One connection, from its first byte to its last.

use std::convert::Infallible;
use std::error::Error;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Request, Response, header};
use http_body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::TokioIo;
use tokio::io::AsyncReadExt as _;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::timeout;
use tokio_util::task::TaskTracker;

#[cfg(feature = "http2")]
use super::http2;
use super::watch::{Order, Watch};
use super::watched::{WatchedBody, WatchedStream};
use crate::config::ServerConfig;

/// How much is read ahead, and how much waits to be written before a body is asked for more. A larger one writes no
/// faster, and costs as much for each client that does not read.
const BUFFER: usize = 16 * 1024;

/// How long a client that has its answer may go on sending its request.
const LINGER: Duration = Duration::from_secs(1);

/// How connections are served.
#[derive(Clone)]
pub(super) struct Protocol {
    http1: http1::Builder,
    #[cfg(feature = "http2")]
    http2: Arc<http2::Builder>,
}

impl Protocol {
    /// With `keep_alive`, one connection serves many requests. `connections` is where tasks are counted that a
    /// connection begins.
    ///
    /// What is wrong with a head itself (431, 414, 400) is answered by hyper, and with no body: nothing of ours ever
    /// sees such a request, and hyper has no place for an answer of ours.
    pub(super) fn new(server: &ServerConfig, keep_alive: bool, connections: &TaskTracker) -> Self {
        let mut http1 = http1::Builder::new();
        http1
            .keep_alive(keep_alive)
            .half_close(server.half_close)
            .max_buf_size(BUFFER.max(server.max_head_bytes))
            // hyper's own limit of 100 headers stays: another one would cost an allocation a request.
            .max_header_size(server.max_head_bytes)
            // What a client may wait for is watched by `Watch`; hyper's own timer would be set for each request.
            .header_read_timeout(None);
        #[cfg(not(feature = "http2"))]
        let _ = connections;
        Self {
            http1,
            #[cfg(feature = "http2")]
            http2: Arc::new(http2::builder(server, connections)),
        }
    }
}

/// Serves the requests of one connection. It gives `place` back when it is over.
///
/// The future is a task's for as long as the connection is open, so it has no room for what is rare.
pub(super) fn serve<S, B>(
    stream: WatchedStream,
    protocol: &Protocol,
    service: S,
    watch: Arc<Watch>,
    place: OwnedSemaphorePermit,
) -> impl Future<Output = ()> + Send + use<S, B>
where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible> + Send + 'static,
    S::Future: Send + 'static,
    B: Body<Data = Bytes> + Send + Unpin + 'static,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let stream = TokioIo::new(stream);
    let watched = watch.clone();
    let service = service_fn(move |request: Request<Incoming>| {
        let busy = watched.begin();
        let is_large = request.body().size_hint().upper().is_none_or(|bytes| bytes > BUFFER as u64);
        let response = service.call(request);
        async move {
            let mut response = response.await?;
            let is_refusal = response.status().as_u16() >= 400;
            busy.note_answer(is_refusal);
            // The rest of such a request may never be read, and then the connection ends: its client has to know before it
            // sends the next one.
            if is_refusal && is_large {
                response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            Ok::<_, Infallible>(response.map(|body| WatchedBody::new(body, busy)))
        }
    });
    let mut connection = protocol.http1.serve_connection(stream, service);
    #[cfg(feature = "http2")]
    let http2 = protocol.http2.clone();
    async move {
        let ended = obey(&watch, &mut connection, http1::Connection::graceful_shutdown).await;
        let rest: Option<Rest> = match ended {
            None => None,
            #[cfg(feature = "http2")]
            Some(Err(error)) if error.is_parse_version_h2() => {
                Some(Box::pin(async move { http2::serve(connection.into_parts(), &http2, watch).await }))
            }
            Some(ended) => {
                if let Err(error) = ended {
                    // A client that leaves in the middle is ordinary, and so is one that speaks no HTTP.
                    tracing::debug!(%error, "a connection ended early");
                }
                let mut stream = connection.into_parts().io.into_inner();
                let may_send = stream.is_readable() || watch.has_refused();
                may_send.then(|| Box::pin(linger(stream, watch)) as Rest)
            }
        };
        if let Some(rest) = rest {
            rest.await;
        }
        drop(place);
    }
}

/// What a connection seldom has after its end.
type Rest = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Polls a connection to its end, or until its watch is told to close it.
pub(super) fn obey<C>(
    watch: &Watch,
    connection: &mut C,
    drain: fn(Pin<&mut C>),
) -> impl Future<Output = Option<C::Output>>
where
    C: Future + Unpin,
{
    let mut draining = false;
    poll_fn(move |context| {
        let order = watch.order(context);
        if order == Order::Close {
            return Poll::Ready(None);
        }
        let mut connection = Pin::new(&mut *connection);
        if order == Order::Drain && !draining {
            draining = true;
            drain(connection.as_mut());
        }
        connection.poll(context).map(Some)
    })
}

/// Reads what the client still sends of a request that was refused before it was whole. A socket that is closed over
/// unread bytes is reset, and the client may then never see why.
async fn linger(mut stream: WatchedStream, watch: Arc<Watch>) {
    let mut rest = vec![0; 16 * 1024];
    let mut reading =
        Box::pin(async move { while stream.read(&mut rest).await.is_ok_and(|read| read > 0) {} });
    let _ = timeout(LINGER, obey(&watch, &mut reading, |_| {})).await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::application::Application;
    use crate::server::browser::Guard;
    use crate::server::front::Front;
    use crate::server::reread::RereadFiles;
    use crate::server::transport::Transport;
    use crate::server::watch::Watches;
    use crate::server::writer::Writer;

    #[tokio::test]
    async fn a_connection_is_small() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let stream = tokio::net::TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let server = ServerConfig::default();
        let application =
            Application::build(Vec::new(), server.clone(), None, None, RereadFiles::default()).unwrap();
        let front = Front::new(&application, Guard::of_listener(&server, server.addr.ip()));
        let place = Arc::new(tokio::sync::Semaphore::new(1)).acquire_owned().await.unwrap();
        let watch = Watches::new(&server).enter();
        let (reader, writer) = stream.into_split();
        let writer = Arc::new(Writer::new(writer));
        let stream = WatchedStream::new(Transport::Plain { reader, writer }, watch.clone());
        let protocol = Protocol::new(&server, true, &TaskTracker::new());
        let serving = serve(stream, &protocol, front, watch, place);
        let bytes = (size_of_val(&serving), size_of::<Watch>());
        assert!(bytes.0 <= 800 && bytes.1 <= 72, "{bytes:?} bytes");
    }
}
