//! The connections to a model server.

use std::time::Duration;

use reqwest::Client;
use reqwest::redirect::Policy;

use crate::encryption;
use crate::error::{BoxError, Error, ErrorKind};

/// What carries requests: a pool of connections, which all clones share.
///
/// It follows no redirects, because a key must not go where a server points, and asks no proxy unless `proxy` says
/// so. `tls` says whether connections may have to be encrypted.
pub(super) fn client(tls: bool, proxy: bool, connect_timeout: Duration) -> Result<Client, Error> {
    let broken = |error: BoxError| {
        let message = format!("connections to the model server cannot be set up: {error}");
        Error::new(ErrorKind::Other, message).with_source(error)
    };
    let encryption = encryption::of_client(tls || proxy).map_err(|error| broken(error.into()))?;
    let mut builder = Client::builder()
        .tls_backend_preconfigured(encryption)
        .redirect(Policy::none())
        .referer(false)
        .connect_timeout(connect_timeout)
        .tcp_nodelay(true)
        .user_agent(concat!("alphora/", env!("CARGO_PKG_VERSION")));
    if !proxy {
        builder = builder.no_proxy();
    }
    builder.build().map_err(|error| broken(error.into()))
}
