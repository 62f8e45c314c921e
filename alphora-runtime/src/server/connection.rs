//! One connection, from its first byte to its last.

use std::convert::Infallible;
use std::io;

use axum::Router;
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;
use tower::Service;

use super::watch::{Watch, WatchedBody, WatchedStream};

/// The largest head of a request, and the most that is read ahead or waits to be written.
const BUFFER: usize = 64 * 1024;

/// Serves the requests of one connection. `draining` ends it after the current request, `closing` at once.
pub(super) async fn serve(
    stream: TcpStream,
    router: Router,
    draining: CancellationToken,
    closing: CancellationToken,
) {
    // Without it the kernel holds back the second small chunk of a stream until the first is acknowledged.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection was gone before it was served");
        return;
    }
    let watch = Watch::new();
    let service = service_fn(|request: Request<Incoming>| {
        let busy = watch.begin();
        let response = router.clone().call(request);
        async move {
            let response = response.await?;
            Ok::<_, Infallible>(response.map(|body| WatchedBody::new(body, busy)))
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        // What a client may wait for is watched here; hyper's own timer would be set anew for each request.
        .header_read_timeout(None)
        .max_buf_size(BUFFER)
        .serve_connection(TokioIo::new(WatchedStream::new(stream, watch.clone())), service);
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = watch.expired() => return,
        () = draining.cancelled() => {
            connection.as_mut().graceful_shutdown();
            tokio::select! {
                ended = connection => ended,
                () = watch.expired() => return,
                () = closing.cancelled() => return,
            }
        }
    };
    if let Err(error) = ended {
        // A client that leaves in the middle is ordinary, and so is one that speaks no HTTP.
        tracing::debug!(%error, "a connection ended early");
    }
}

/// Whether accepting failed because of the one connection that was to be accepted.
pub(super) fn is_its_own(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}
