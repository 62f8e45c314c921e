//! A client of TLS that shows what happens below HTTP.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::client::Resumption;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::time_provider::TimeProvider;
use tokio_rustls::rustls::{ALL_VERSIONS, ClientConfig, RootCertStore, SupportedProtocolVersion};

use super::certificates::Authority;

/// Trusts one authority.
#[derive(Clone)]
pub(super) struct Client(Arc<ClientConfig>);

/// A clock that is ahead.
#[derive(Debug)]
struct Ahead(Duration);

impl TimeProvider for Ahead {
    fn current_time(&self) -> Option<UnixTime> {
        Some(UnixTime::since_unix_epoch(Duration::from_secs(UnixTime::now().as_secs()) + self.0))
    }
}

impl Client {
    pub(super) fn new(authority: &Authority) -> Self {
        Self::with(authority, ALL_VERSIONS, &[], Duration::ZERO)
    }

    /// One that knows these versions and protocols, and believes that it is later than it is.
    pub(super) fn with(
        authority: &Authority,
        versions: &[&'static SupportedProtocolVersion],
        protocols: &[&str],
        ahead: Duration,
    ) -> Self {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(authority.certificate()).unwrap()).unwrap();
        let provider = Arc::new(ring::default_provider());
        let mut config = ClientConfig::builder_with_details(provider, Arc::new(Ahead(ahead)))
            .with_protocol_versions(versions)
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = protocols.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
        // Each handshake is a whole one.
        config.resumption = Resumption::disabled();
        Self(Arc::new(config))
    }

    pub(super) async fn connect(&self, addr: SocketAddr) -> io::Result<TlsStream<TcpStream>> {
        self.protect(TcpStream::connect(addr).await?).await
    }

    /// The handshake alone, on a connection that is there.
    pub(super) async fn protect(&self, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        stream.set_nodelay(true)?;
        let name = ServerName::try_from("localhost").unwrap();
        TlsConnector::from(self.0.clone()).connect(name, stream).await
    }

    /// Sends `bytes` and reads to the end, which has to be one that the server has announced.
    pub(super) async fn exchange(&self, addr: SocketAddr, bytes: &[u8]) -> io::Result<String> {
        let mut stream = self.connect(addr).await?;
        stream.write_all(bytes).await?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        Ok(String::from_utf8(answer).unwrap())
    }
}

/// Reads until `wanted` has come.
pub(super) async fn until(stream: &mut TlsStream<TcpStream>, wanted: &str) -> String {
    let mut all = String::new();
    while !all.contains(wanted) {
        let mut bytes = vec![0; 16 * 1024];
        let read = stream.read(&mut bytes).await.unwrap();
        assert!(read > 0, "the connection ended before {wanted:?}: {all}");
        all.push_str(&String::from_utf8_lossy(&bytes[..read]));
    }
    all
}
