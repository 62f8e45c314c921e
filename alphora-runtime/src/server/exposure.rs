//! Who can reach a server, and whether that is meant.

use std::net::SocketAddr;

use crate::config::{Mistakes, ServerConfig};
use crate::error::AgentValidationError;

/// What it means that nobody is asked who they are.
pub(super) const WARNING: &str =
    "Everybody who reaches this address can use the agents and spend the money of their models";

/// Whether only this machine reaches `addr`.
pub(super) fn is_loopback(addr: SocketAddr) -> bool {
    // `::ffff:127.0.0.1` is one, too.
    addr.ip().to_canonical().is_loopback()
}

/// Whether nobody else reaches the server that listens on `addr`. One that answers to names of a site has a proxy in
/// front, which brings everybody to a loopback address.
pub(super) fn is_local(server: &ServerConfig, addr: SocketAddr) -> bool {
    is_loopback(addr) && server.allow_hosts.is_empty()
}

/// Notes that everybody who reaches `addr` could use the server, unless that is meant.
///
/// A private network is not asked about: whoever is on it, a page in a browser of theirs included, reaches the server.
pub(super) fn check(
    server: &ServerConfig,
    addr: SocketAddr,
    is_authenticated: bool,
    mistakes: &mut Mistakes,
) {
    const CONCERNED: [&str; 7] =
        ["addr", "host", "port", "allow_hosts", "api_keys_file", "jwt_keys_file", "allow_anonymous"];
    let is_known = !CONCERNED.iter().any(|option| mistakes.concern(option));
    if is_known && !is_authenticated && !server.allow_anonymous && !is_local(server, addr) {
        let is_behind_a_proxy = is_loopback(addr);
        mistakes.add(AgentValidationError::Exposed { addr, is_behind_a_proxy });
    }
}

/// Says in the log that everybody who reaches `addr` may use the server, and who has set what counts for nothing.
pub(super) fn warn(server: &ServerConfig, addr: SocketAddr, is_authenticated: bool) {
    if is_authenticated {
        if server.allow_anonymous {
            tracing::warn!("`allow_anonymous` counts for nothing: requests have to say whose they are");
        }
    } else if !is_local(server, addr) {
        tracing::warn!(%addr, "there is no authentication. {WARNING}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(addr: &str, is_authenticated: bool, allow_anonymous: bool) -> bool {
        let server = ServerConfig { allow_anonymous, ..ServerConfig::default() };
        let mut mistakes = Mistakes::default();
        check(&server, addr.parse().unwrap(), is_authenticated, &mut mistakes);
        mistakes.finish().is_err()
    }

    #[test]
    fn what_others_reach_is_open_only_where_that_is_meant() {
        for addr in [
            "0.0.0.0:1",
            "[::]:1",
            "10.0.0.7:1",
            "192.168.1.2:1",
            "169.254.0.1:1",
            "[fe80::1]:1",
            "8.8.8.8:1",
        ] {
            assert!(refused(addr, false, false), "{addr}");
            assert!(!refused(addr, true, false) && !refused(addr, false, true), "{addr}");
        }
        for addr in ["127.0.0.1:1", "127.9.9.9:1", "[::1]:1", "[::ffff:127.0.0.1]:1"] {
            assert!(!refused(addr, false, false), "{addr}");
        }
    }

    #[test]
    fn a_proxy_on_the_same_machine_brings_others() {
        let mut server =
            ServerConfig { allow_hosts: vec!["agents.example".to_owned()], ..ServerConfig::default() };
        let told = |server: &ServerConfig, is_authenticated| {
            let mut mistakes = Mistakes::default();
            check(server, "127.0.0.1:1".parse().unwrap(), is_authenticated, &mut mistakes);
            mistakes.finish().err().map(|error| error.to_string())
        };
        let words = told(&server, false).unwrap();
        assert!(words.contains("127.0.0.1:1, where a proxy brings others (`allow_hosts` is set)"), "{words}");
        assert_eq!(told(&server, true), None);
        server.allow_anonymous = true;
        assert_eq!(told(&server, false), None);
    }

    #[test]
    fn what_was_said_wrongly_is_not_guessed() {
        let mut mistakes = Mistakes::default();
        mistakes.add(AgentValidationError::UnknownOption {
            place: "table [server]".to_owned(),
            option: "alow_anonymous".to_owned(),
            suggestion: Some("allow_anonymous".to_owned()),
        });
        check(&ServerConfig::default(), "0.0.0.0:1".parse().unwrap(), false, &mut mistakes);
        assert!(!mistakes.any(|mistake| matches!(mistake, AgentValidationError::Exposed { .. })));
    }
}
