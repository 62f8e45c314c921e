//! From a socket to a connection that TLS protects.

use std::future::poll_fn;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use rustls::crypto::ring;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

use super::certificates::Certificates;
use super::pair::Files;
use crate::config::ServerConfig;
use crate::error::{Error, ErrorKind, Result};
use crate::server::connection::{self, Protocol};
use crate::server::front::Front;
use crate::server::reread::RereadFiles;
use crate::server::transport::Transport;
use crate::server::watch::{Order, Watch};
use crate::server::watched::WatchedStream;
use crate::wire::ErrorBody;

/// A connection that TLS protects.
pub(in crate::server) type TlsStream = tokio_rustls::server::TlsStream<TcpStream>;

/// How much that is encrypted already may wait for the socket, in bytes. hyper has as much before that.
const BUFFER: usize = 16 * 1024;

/// How long whoever has spoken without TLS may go on doing so.
const LINGER: Duration = Duration::from_secs(1);

/// How a server speaks TLS.
#[derive(Clone)]
pub(in crate::server) struct Tls {
    acceptor: TlsAcceptor,
    certificates: Arc<Certificates>,
    /// How long a handshake may take.
    patience: Duration,
}

/// How a connection begins that is to be one of TLS.
enum Opening {
    Protected(Box<TlsStream>),
    /// A request without protection.
    Plain(TcpStream),
}

impl Tls {
    /// What `server` is configured to speak; nothing if that is plain HTTP.
    ///
    /// # Errors
    /// The certificate or the key cannot be read or used, or they do not belong to each other.
    pub(in crate::server) fn open(server: &ServerConfig, reread: &RereadFiles) -> Result<Option<Self>> {
        let Some(files) = Files::of(server) else { return Ok(None) };
        // Given here, so that the process's default stays the user's.
        let provider = Arc::new(ring::default_provider());
        let certificates = Certificates::open(files, &provider, reread.add("certificate"))?;
        let mut config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| Error::told(ErrorKind::Other, error))?
            .with_no_client_auth()
            .with_cert_resolver(certificates.clone());
        config.alpn_protocols = if cfg!(feature = "http2") {
            vec![b"h2".to_vec(), b"http/1.1".to_vec()]
        } else {
            vec![b"http/1.1".to_vec()]
        };
        let acceptor = TlsAcceptor::from(Arc::new(config));
        Ok(Some(Self { acceptor, certificates, patience: server.head_timeout }))
    }

    /// Reads the certificate and the key again whenever they change, for as long as it is polled.
    pub(in crate::server) async fn upkeep(self) {
        self.certificates.watch().await;
    }

    /// Serves the requests of one connection. It gives `place` back when it is over, a handshake that does not come to
    /// its end included: that has as much time as the head of a request.
    pub(in crate::server) async fn serve(
        self,
        stream: TcpStream,
        protocol: Protocol,
        front: Front,
        watch: Arc<Watch>,
        place: OwnedSemaphorePermit,
    ) {
        // Boxed: the connection that follows is much longer there.
        let opening = Box::pin(timeout(self.patience, self.open_connection(stream, &watch))).await;
        match opening {
            Ok(Ok(Some(Opening::Protected(stream)))) => {
                // What was waited for so far were no requests.
                watch.note_ready();
                let stream = WatchedStream::new(Transport::Tls(stream), watch.clone());
                drop(self);
                connection::serve(stream, &protocol, front, watch, place).await;
            }
            Ok(Ok(Some(Opening::Plain(stream)))) => {
                let _ = timeout(LINGER, refuse_plain(stream)).await;
            }
            // Whoever closes without a word was perhaps only looking whether somebody is there.
            Ok(Ok(None)) => {}
            Ok(Err(error)) => tracing::debug!(%error, "a client and the server did not agree on TLS"),
            Err(_) => tracing::debug!("a client did not finish its handshake in time"),
        }
    }

    /// Gives nothing if the client leaves or the server stops before there is a connection.
    async fn open_connection(&self, stream: TcpStream, watch: &Watch) -> io::Result<Option<Opening>> {
        let opening = async {
            let mut first = [0];
            if stream.peek(&mut first).await? == 0 {
                return Ok(None);
            }
            // A method begins with a letter, and a handshake with 22 (RFC 8446, 5.1).
            if first[0].is_ascii_alphabetic() {
                return Ok(Some(Opening::Plain(stream)));
            }
            let bounded =
                |connection: &mut rustls::ServerConnection| connection.set_buffer_limit(Some(BUFFER));
            self.acceptor
                .accept_with(stream, bounded)
                .await
                .map(|stream| Some(Opening::Protected(Box::new(stream))))
        };
        let mut opening = pin!(opening);
        // Nothing was asked for yet that a server that stops would have to answer.
        poll_fn(|context| match watch.order(context) {
            Order::Serve => opening.as_mut().poll(context),
            Order::Drain | Order::Close => Poll::Ready(Ok(None)),
        })
        .await
    }
}

/// Says to a client that speaks HTTP, which is not to be served here, how it would be served.
async fn refuse_plain(mut stream: TcpStream) -> io::Result<()> {
    let words = "this port speaks TLS: write `https://` in place of `http://`";
    let body = ErrorBody::new("invalid_request_error", words).with_code("tls_required");
    let body = serde_json::to_string(&body).unwrap_or_default();
    let length = body.len();
    let answer = format!(
        "HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\nx-content-type-options: nosniff\r\n\
         connection: close\r\ncontent-length: {length}\r\n\r\n{body}"
    );
    stream.write_all(answer.as_bytes()).await?;
    stream.shutdown().await?;
    // A socket that is closed over unread bytes is reset, and the client may then never see why.
    let mut rest = vec![0; BUFFER];
    while stream.read(&mut rest).await? > 0 {}
    Ok(())
}
