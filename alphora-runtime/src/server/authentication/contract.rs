//! What says who a request is from.

use std::pin::Pin;

use http::HeaderMap;

use super::AuthenticationError;
use crate::principal::Principal;

/// Who it is, when it is known.
pub type AuthenticateFuture<'a> =
    Pin<Box<dyn Future<Output = Result<Option<Principal>, AuthenticationError>> + Send + 'a>>;

/// What goes on while a server runs; see [`Authenticate::upkeep`].
pub type Upkeep = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Says who a request is from, by its headers; see [`Publisher::authenticate`](crate::server::Publisher::authenticate).
///
/// A closure that takes `&HeaderMap` and answers at once is one. It is asked once for each request that acts for
/// somebody, before the request's body is read, on a thread that serves others too: it may wait, and must not block.
/// One that has not answered after ten seconds is given up, and the request is refused as with
/// [`AuthenticationError::Unavailable`]: status 503 and `Retry-After`. A panic is an answer with status 500. The log
/// has the cause of both.
///
/// ```
/// use alphora_runtime::principal::Principal;
/// use alphora_runtime::server::axum::http::{HeaderMap, HeaderValue};
/// use alphora_runtime::server::{Authenticate, AuthenticationError};
///
/// /// Each user of a proxy that has checked who it is, and that nobody can go round.
/// fn by_proxy(headers: &HeaderMap) -> Result<Principal, AuthenticationError> {
///     let user = headers.get("x-forwarded-user").and_then(|user| user.to_str().ok());
///     user.map(Principal::new).ok_or_else(AuthenticationError::unauthenticated)
/// }
///
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// let mut headers = HeaderMap::new();
/// assert!(by_proxy.authenticate(&headers).await.is_err());
/// headers.insert("x-forwarded-user", HeaderValue::from_static("zhang.san"));
/// assert_eq!(by_proxy.authenticate(&headers).await, Ok(Some(Principal::new("zhang.san"))));
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
pub trait Authenticate: Send + Sync + 'static {
    /// Who a request with these headers is from. `None` lets it pass as a request that nobody signed.
    ///
    /// # Errors
    /// The request is refused, with OpenAI's error body and the words of the error. So is one for which the answer
    /// takes longer than ten seconds.
    fn authenticate<'a>(&'a self, headers: &'a HeaderMap) -> AuthenticateFuture<'a>;

    /// What has to go on while the server runs, such as fetching keys again. It is asked for once, runs as a task of
    /// the server's, and is dropped when the server stops. A panic ends it, and the log has its words. Default: nothing.
    fn upkeep(&self) -> Option<Upkeep> {
        None
    }
}

impl<F> Authenticate for F
where
    F: Fn(&HeaderMap) -> Result<Principal, AuthenticationError> + Send + Sync + 'static,
{
    fn authenticate<'a>(&'a self, headers: &'a HeaderMap) -> AuthenticateFuture<'a> {
        Box::pin(async move { self(headers).map(Some) })
    }
}
