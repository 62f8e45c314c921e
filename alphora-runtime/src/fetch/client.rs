//! The client and its options.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Method;
use reqwest::redirect::Policy;

use super::Request;
use super::network::Reach;
use super::resolver::{Lookup, Resolver, system};
use crate::encryption;
use crate::error::{Error, ErrorKind, Result};

/// Fetches what strangers may name, and nothing of the network that it runs in. A clone shares its connections.
///
/// Only `http` and `https`, only public addresses unless [`allow`](ClientBuilder::allow) lists a network, at most 5
/// redirects, each of which is checked like the first address, at most 2 MiB, within 30 seconds in all. It asks no
/// proxy, keeps no cookies, and does not unpack what is compressed.
///
/// ```
/// use alphora_runtime::fetch::{Client, FetchErrorKind};
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// let client = Client::new()?;
/// for address in ["http://127.0.0.1:8000/", "http://2130706433/", "http://[::ffff:10.0.0.1]/", "http://localhost/"] {
///     let error = client.get(address).await.unwrap_err();
///     assert_eq!(error.kind(), FetchErrorKind::Refused);
/// }
/// # Ok::<(), alphora_runtime::Error>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Client(pub(super) Arc<Inner>);

pub(super) struct Inner {
    pub(super) http: reqwest::Client,
    pub(super) reach: Arc<Reach>,
    pub(super) options: Options,
}

/// What bounds one fetch.
#[derive(Debug, Clone)]
pub(super) struct Options {
    pub(super) timeout: Duration,
    pub(super) max_bytes: usize,
    pub(super) max_redirects: usize,
    pub(super) https_only: bool,
}

impl Client {
    /// A client with the defaults.
    ///
    /// # Errors
    /// TLS cannot be set up on this machine.
    pub fn new() -> Result<Self> {
        Self::builder().build()
    }

    /// A client with options of one's own.
    pub fn builder() -> ClientBuilder {
        ClientBuilder {
            reach: Reach::default(),
            mistake: None,
            user_agent: concat!("alphora/", env!("CARGO_PKG_VERSION")).to_owned(),
            connect_timeout: Duration::from_secs(10),
            options: Options {
                timeout: Duration::from_secs(30),
                max_bytes: 2 << 20,
                max_redirects: 5,
                https_only: false,
            },
            lookup: system(),
        }
    }

    /// A `GET` of `url`, which is sent when it is awaited.
    pub fn get(&self, url: impl AsRef<str>) -> Request {
        Request::new(self.clone(), Method::GET, url.as_ref())
    }

    /// A `POST` to `url`, which is sent when it is awaited.
    pub fn post(&self, url: impl AsRef<str>) -> Request {
        Request::new(self.clone(), Method::POST, url.as_ref())
    }

    /// A request with another method, `PUT` for example.
    pub fn request(&self, method: &str, url: impl AsRef<str>) -> Request {
        match Method::from_bytes(method.as_bytes()) {
            // A tunnel would lead anywhere.
            Ok(method) if method != Method::CONNECT => Request::new(self.clone(), method, url.as_ref()),
            _ => Request::new(self.clone(), Method::GET, url.as_ref()).mistaken("the method is not valid"),
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("reach", &self.0.reach)
            .field("options", &self.0.options)
            .finish_non_exhaustive()
    }
}

/// Options of a [`Client`].
#[must_use = "nothing is made before `.build()`"]
pub struct ClientBuilder {
    reach: Reach,
    mistake: Option<String>,
    user_agent: String,
    connect_timeout: Duration,
    options: Options,
    lookup: Lookup,
}

impl ClientBuilder {
    /// Lets the client reach one more network, `10.1.0.0/16` or `192.168.7.1` for example, whatever names its addresses
    /// have. Every port of it: list no more than has to be.
    pub fn allow(mut self, network: impl AsRef<str>) -> Self {
        if let Err(mistake) = self.reach.list(network.as_ref()) {
            self.mistake.get_or_insert(mistake);
        }
        self
    }

    /// How long one fetch may take in all, its redirects and its body included. Default 30 seconds.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.options.timeout = timeout;
        self
    }

    /// How long a connection may take to be made. Default 10 seconds.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// The most bytes of an answer's body; a larger one is an error. Default 2 MiB.
    pub fn max_bytes(mut self, bytes: usize) -> Self {
        self.options.max_bytes = bytes;
        self
    }

    /// The most redirects that are followed; with 0 a redirect is an answer like any other. Default 5.
    pub fn max_redirects(mut self, redirects: usize) -> Self {
        self.options.max_redirects = redirects;
        self
    }

    /// Whether only `https` is fetched. Default `false`.
    pub fn https_only(mut self, only: bool) -> Self {
        self.options.https_only = only;
        self
    }

    /// What the client calls itself. Default `alphora/` and the version.
    pub fn user_agent(mut self, name: impl Into<String>) -> Self {
        self.user_agent = name.into();
        self
    }

    /// Where names are looked up.
    #[cfg(test)]
    pub(super) fn lookup(mut self, lookup: Lookup) -> Self {
        self.lookup = lookup;
        self
    }

    /// The client.
    ///
    /// # Errors
    /// [`ErrorKind::Validation`]: a network that is none, or a name that no header can have.
    /// [`ErrorKind::Other`]: TLS cannot be set up on this machine.
    pub fn build(self) -> Result<Client> {
        if let Some(mistake) = self.mistake {
            return Err(Error::new(ErrorKind::Validation, mistake));
        }
        let reach = Arc::new(self.reach);
        let broken = |error: crate::error::BoxError| {
            Error::new(ErrorKind::Other, format!("the client cannot be set up: {error}")).with_source(error)
        };
        let encryption = encryption::of_client(true).map_err(|error| broken(error.into()))?;
        let http = reqwest::Client::builder()
            .tls_backend_preconfigured(encryption)
            // Some other crate of the program may have turned these on; what is unpacked has no bound of its own.
            .no_gzip()
            .no_brotli()
            .no_zstd()
            .no_deflate()
            // A proxy would resolve names by itself.
            .no_proxy()
            .redirect(Policy::none())
            .referer(false)
            .connect_timeout(self.connect_timeout)
            .user_agent(self.user_agent)
            .pool_max_idle_per_host(4)
            .dns_resolver(Arc::new(Resolver { lookup: self.lookup, reach: reach.clone() }))
            .build()
            .map_err(|error| broken(error.into()))?;
        Ok(Client(Arc::new(Inner { http, reach, options: self.options })))
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("reach", &self.reach)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
