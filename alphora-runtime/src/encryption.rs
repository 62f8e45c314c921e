//! How connections to other servers are encrypted.

use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt as _;

/// By ring, whatever provider the process has chosen for itself, and trusting what the platform trusts. Where nothing
/// will be encrypted (`platform` is `false`), nothing is loaded, and nothing is trusted.
pub(crate) fn of_client(platform: bool) -> Result<ClientConfig, rustls::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    let builder = if platform {
        builder.with_platform_verifier()?
    } else {
        builder.with_root_certificates(RootCertStore::empty())
    };
    Ok(builder.with_no_client_auth())
}
