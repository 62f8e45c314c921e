//! A program that was built without TLS. Whoever configures it there is told so with the other mistakes.

use crate::config::ServerConfig;
use crate::error::Result;
use crate::server::reread::RereadFiles;

/// There is none.
#[derive(Clone)]
pub(in crate::server) enum Tls {}

impl Tls {
    #[expect(clippy::unnecessary_wraps, reason = "it has the form of its counterpart")]
    pub(in crate::server) fn open(_: &ServerConfig, _: &RereadFiles) -> Result<Option<Self>> {
        Ok(None)
    }

    #[expect(clippy::unused_async, reason = "it has the form of its counterpart")]
    pub(in crate::server) async fn upkeep(self) {
        match self {}
    }
}

#[cfg(test)]
mod tests {
    use crate::config::{Mistakes, ServerConfig};

    #[test]
    fn whoever_configures_it_is_told_how_to_build_it() {
        let server = ServerConfig {
            tls_certificate: Some("server.pem".into()),
            tls_key: Some("server.key".into()),
            ..ServerConfig::default()
        };
        let mut mistakes = Mistakes::default();
        server.check(&mut mistakes);
        let error = mistakes.finish().unwrap_err().to_string();
        assert!(error.contains("`tls_certificate`") && error.contains("features = [\"tls\"]"), "{error}");
    }
}
