//! From names to addresses that may be reached.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::error::{FetchError, FetchErrorKind};
use super::network::Reach;

/// The addresses of a name.
pub(super) type Lookup =
    Arc<dyn Fn(String) -> Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send>> + Send + Sync>;

/// What the system says.
pub(super) fn system() -> Lookup {
    Arc::new(|name| Box::pin(async move { Ok(tokio::net::lookup_host((name, 0)).await?.collect()) }))
}

/// Resolves names, and gives their addresses only if all of them may be reached.
///
/// What it gives is what is connected to: nobody asks the name again in between, so that an answer that changes from
/// one question to the next gains nothing.
pub(super) struct Resolver {
    pub(super) lookup: Lookup,
    pub(super) reach: Arc<Reach>,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (asked, reach) = ((self.lookup)(name.as_str().to_owned()), self.reach.clone());
        Box::pin(async move {
            let host = name.as_str();
            let addresses = asked.await.map_err(|error| {
                tracing::debug!(cause = ?error.kind(), "a name was not resolved");
                out_of_reach(host)
            })?;
            // One address that may not be reached is enough: an honest name has no such address beside others. A name
            // without any is told like one of this network.
            if addresses.is_empty() || addresses.iter().any(|address| !reach.includes(address.ip())) {
                tracing::debug!(?addresses, "not all addresses of a name may be reached");
                return Err(out_of_reach(host).into());
            }
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

/// A host that is not said to exist or not: that is all that one who asks for it is to learn.
pub(super) fn out_of_reach(host: &str) -> FetchError {
    FetchError::new(
        FetchErrorKind::Refused,
        format!(
            "the host `{}` has no address that may be reached from here: only public addresses may",
            shown(host)
        ),
    )
}

/// A name as it may stand in a message.
pub(super) fn shown(host: &str) -> String {
    host.chars().take(253).collect::<String>().escape_default().to_string()
}
