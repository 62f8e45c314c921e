//! Which origins browsers can be allowed.

use std::net::Ipv6Addr;

/// Says what to write instead of a text that no browser sends as `Origin`.
pub(super) fn check(origin: &str) -> Result<(), &'static str> {
    if origin == "*" {
        return Err("origins are listed one by one, such as https://example.com");
    }
    let known = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
    let authority = known.ok_or("write http:// or https:// and a host, such as https://example.com")?;
    if authority.contains(['/', '?', '#', '@']) {
        return Err("an origin is a scheme, a host and perhaps a port, without a path: https://example.com");
    }
    let (host, port) = split(authority);
    let port_is_good = port.is_none_or(|port| {
        port.bytes().all(|digit| digit.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|port| port > 0)
    });
    if !port_is_good {
        return Err("a port is a number from 1 to 65535: http://localhost:3000");
    }
    let is_ipv6 = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
        .is_some_and(|host| host.parse::<Ipv6Addr>().is_ok());
    let is_name = !host.is_empty()
        && host.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || b"-._".contains(&c));
    if is_ipv6 || is_name {
        Ok(())
    } else {
        Err("a host is an address or a name in lower-case letters, as browsers send it: https://example.com")
    }
}

/// The host, and what stands after its colon. The colons inside `[..]` are the host's.
fn split(authority: &str) -> (&str, Option<&str>) {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (authority, None),
    }
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn an_origin_is_a_scheme_a_host_and_perhaps_a_port() {
        for good in [
            "https://example.com",
            "http://localhost:3000",
            "http://127.0.0.1",
            "http://[::1]:80",
            "https://[::1]",
            "https://xn--fiqs8s.example",
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for bad in [
            "*",
            "",
            "null",
            "example.com",
            "ftp://example.com",
            "https://",
            "https://:80",
            "https://example.com/",
            "https://example.com/app",
            "https://user@example.com",
            "https://example.com:",
            "https://example.com:0",
            "https://example.com:+80",
            "https://example.com:99999",
            "https://*.example.com",
            "https://Example.com",
            "https://[::1",
            "https://a b",
            "https://a\nb",
        ] {
            assert!(check(bad).is_err(), "{bad}");
        }
        assert!(check("*").unwrap_err().contains("one by one"));
    }
}
