//! The host of a `Host` header, or of a request's target, and which one it is.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whom a request is for, without the port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Host<'a> {
    Address(IpAddr),
    /// Without the dot that ends it when it is complete.
    Name(&'a str),
}

impl<'a> Host<'a> {
    /// Reads `host`, `host:port`, and an IPv6 address in brackets with or without a port; nothing else is one.
    pub(super) fn parse(authority: &'a [u8]) -> Option<Self> {
        let authority = std::str::from_utf8(authority).ok()?;
        if let Some(rest) = authority.strip_prefix('[') {
            let (address, port) = rest.split_once(']')?;
            if !port.is_empty() && !is_port(port.strip_prefix(':')?.as_bytes()) {
                return None;
            }
            return address.parse::<Ipv6Addr>().ok().map(|address| Self::Address(address.into()));
        }
        let (host, port) = authority.split_once(':').unwrap_or((authority, ""));
        if !is_port(port.as_bytes()) {
            return None;
        }
        // The two that nearly every request has are told by their looks.
        if host.as_bytes().first().is_some_and(u8::is_ascii_digit)
            && let Ok(address) = host.parse::<Ipv4Addr>()
        {
            return Some(Self::Address(address.into()));
        }
        let name = host.strip_suffix('.').unwrap_or(host);
        let is_name = !name.is_empty()
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_'));
        is_name.then_some(Self::Name(name))
    }

    /// Whether `authority` is this machine by one of the two names that nearly every local request has, so that nothing
    /// needs to be read. What is not may still be this machine.
    pub(super) fn is_plainly_loopback(authority: &[u8]) -> bool {
        let port = authority.strip_prefix(b"127.0.0.1").or_else(|| authority.strip_prefix(b"localhost"));
        port.is_some_and(|port| port.is_empty() || port.strip_prefix(b":").is_some_and(is_port))
    }

    /// Whether it is this machine by any of the names that nobody else can give a meaning to.
    pub(super) fn is_loopback(self) -> bool {
        match self {
            Self::Address(address) => address.to_canonical().is_loopback(),
            Self::Name(name) => name.eq_ignore_ascii_case("localhost"),
        }
    }

    /// Whether it is the same host.
    pub(super) fn is(self, other: Self) -> bool {
        match (self, other) {
            (Self::Address(one), Self::Address(other)) => one == other,
            (Self::Name(one), Self::Name(other)) => one.eq_ignore_ascii_case(other),
            _ => false,
        }
    }
}

/// Whether it can stand behind the colon, where there may also be nothing.
fn is_port(port: &[u8]) -> bool {
    port.len() <= 5 && port.iter().all(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_read_with_and_without_its_port() {
        for (text, host) in [
            ("localhost", Host::Name("localhost")),
            ("localhost.:8000", Host::Name("localhost")),
            ("LocalHost:", Host::Name("LocalHost")),
            ("my_agent.example:65535", Host::Name("my_agent.example")),
            ("127.0.0.1:8000", Host::Address(Ipv4Addr::LOCALHOST.into())),
            ("[::1]:8000", Host::Address(Ipv6Addr::LOCALHOST.into())),
            ("[::1]", Host::Address(Ipv6Addr::LOCALHOST.into())),
            // Forms of addresses that only some programs take are names, and no name that is known.
            ("127.1", Host::Name("127.1")),
            ("0x7f.1:80", Host::Name("0x7f.1")),
        ] {
            assert_eq!(Host::parse(text.as_bytes()), Some(host), "{text}");
        }
        for bad in [
            "",
            ":8000",
            ".",
            "::1",
            "[::1",
            "[::1]8000",
            "[::1]:x",
            "[localhost]",
            "user@localhost",
            "localhost:80:80",
            "localhost:http",
            "localhost:123456",
            "localhost/..",
            "local host",
            "localhost,evil.test",
            "b\u{fc}cher.example",
        ] {
            assert_eq!(Host::parse(bad.as_bytes()), None, "{bad:?}");
        }
        assert_eq!(Host::parse(b"localhost\xff"), None);
    }

    #[test]
    fn loopback_has_these_names_and_no_others() {
        let is_loopback = |text: &str| Host::parse(text.as_bytes()).is_some_and(Host::is_loopback);
        for own in ["localhost", "LOCALHOST.", "127.0.0.1", "127.9.8.7:1", "[::1]", "[::ffff:127.0.0.1]"] {
            assert!(is_loopback(own), "{own}");
        }
        for (text, plainly) in [
            ("localhost", true),
            ("localhost:8000", true),
            ("127.0.0.1:65535", true),
            ("LOCALHOST", false),
            ("localhost.evil.test", false),
            ("127.0.0.1.evil.test", false),
            ("127.0.0.1:80:80", false),
            ("localhost:http", false),
            ("localhost@evil.test", false),
        ] {
            assert_eq!(Host::is_plainly_loopback(text.as_bytes()), plainly, "{text}");
            assert!(!plainly || is_loopback(text), "{text}");
        }
        let others = [
            "evil.test",
            "localhost.evil.test",
            "127.0.0.1.evil.test",
            "0.0.0.0",
            "10.0.0.1",
            "[::]",
            "notlocalhost",
        ];
        for other in others {
            assert!(!is_loopback(other), "{other}");
        }
    }
}
