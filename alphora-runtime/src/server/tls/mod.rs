//! TLS, for a server that has no proxy in front that speaks it.
//!
//! What is above sees the bytes that TLS carries. There is no courier: it would have to write past the encryption, as
//! it writes past hyper otherwise.

#[cfg(not(feature = "tls"))]
mod absent;
#[cfg(feature = "tls")]
mod certificates;
#[cfg(feature = "tls")]
mod handshake;
#[cfg(feature = "tls")]
mod pair;

#[cfg(not(feature = "tls"))]
pub(super) use absent::Tls;
#[cfg(feature = "tls")]
pub(super) use handshake::{Tls, TlsStream};
