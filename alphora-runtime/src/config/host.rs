//! By which names a server can be reached.

use std::net::{Ipv4Addr, Ipv6Addr};

/// Says what to write instead of a text that no `Host` header has before its port.
pub(super) fn check(host: &str) -> Result<(), &'static str> {
    if host.contains("://") || host.contains('/') {
        return Err("write the name alone, without a scheme or a path: agents.example.com");
    }
    if host.contains('*') {
        return Err("names are listed one by one, such as agents.example.com");
    }
    let is_address = match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        Some(address) => address.parse::<Ipv6Addr>().is_ok(),
        None => host.parse::<Ipv4Addr>().is_ok(),
    };
    if is_address {
        return Ok(());
    }
    if host.contains([':', '[', ']']) {
        return Err(
            "any port is allowed, so write none, and an IPv6 address in brackets: agents.example.com, [::1]",
        );
    }
    let is_name = !host.is_empty()
        && host.len() <= 253
        && host.bytes().all(|c| c.is_ascii_alphanumeric() || b"-._".contains(&c))
        && !host.starts_with('.');
    if is_name { Ok(()) } else { Err("a host is an address or a name, such as agents.example.com") }
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn a_host_is_a_name_or_an_address_and_has_no_port() {
        for good in
            ["agents.example.com", "localhost", "MY_host", "10.0.0.7", "[::1]", "xn--fiqs8s.example", "a."]
        {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for bad in [
            "",
            "*",
            "*.example.com",
            ".example.com",
            "https://example.com",
            "example.com/app",
            "example.com:8000",
            "::1",
            "[::1]:80",
            "[10.0.0.7]",
            "a b",
            "b\u{fc}cher.example",
        ] {
            assert!(check(bad).is_err(), "{bad}");
        }
    }
}
