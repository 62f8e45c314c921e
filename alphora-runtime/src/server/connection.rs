//! One connection, from its first byte to its last.

use std::io;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;

/// How long a client may take to send the head of a request.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);

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
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(BUFFER)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = draining.cancelled() => {
            connection.as_mut().graceful_shutdown();
            tokio::select! {
                ended = connection => ended,
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
