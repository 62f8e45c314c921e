//! The networks that are listed beside the public ones.

use std::net::IpAddr;

use super::address::{is_in_v4, is_in_v6, is_public, unmapped};
use crate::shown::beginning;

/// An address with the length of its prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Network {
    address: IpAddr,
    length: u32,
}

impl Network {
    /// `10.1.0.0/16`, or one address.
    fn parse(text: &str) -> Option<Self> {
        let (address, length) = match text.split_once('/') {
            Some((address, length)) => (address, Some(length)),
            None => (text, None),
        };
        let address: IpAddr = address.trim_matches(['[', ']']).parse().ok()?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let length = match length {
            Some(length) => length.parse().ok().filter(|length| *length <= longest)?,
            None => longest,
        };
        Some(Self { address, length })
    }

    fn contains(self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(network), IpAddr::V4(address)) => is_in_v4(address, network, self.length),
            (IpAddr::V6(network), IpAddr::V6(address)) => is_in_v6(address, network, self.length),
            _ => false,
        }
    }
}

/// Which addresses may be reached: public ones, and those of the networks that are listed.
#[derive(Debug, Clone, Default)]
pub(super) struct Reach {
    listed: Vec<Network>,
}

impl Reach {
    /// Lists one more network.
    ///
    /// # Errors
    /// What to write instead.
    pub(super) fn list(&mut self, network: &str) -> Result<(), String> {
        let parsed = Network::parse(network.trim()).ok_or_else(|| {
            format!(
                "`{}` is no network: write an address with the length of its prefix such as \"10.1.0.0/16\", or one \
                 address",
                beginning(network).escape_default()
            )
        })?;
        self.listed.push(parsed);
        Ok(())
    }

    pub(super) fn includes(&self, address: IpAddr) -> bool {
        let plain = unmapped(address);
        is_public(address) || self.listed.iter().any(|network| network.contains(plain))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reach(networks: &[&str]) -> Reach {
        let mut reach = Reach::default();
        for network in networks {
            reach.list(network).unwrap();
        }
        reach
    }

    #[test]
    fn what_is_listed_may_be_reached_and_nothing_beside_it() {
        let reach = reach(&["10.1.0.0/16", "192.168.7.1", "fd00::/8", "[::1]"]);
        for (text, may) in [
            ("10.1.255.255", true),
            ("::ffff:10.1.0.1", true),
            ("10.2.0.0", false),
            ("192.168.7.1", true),
            ("192.168.7.2", false),
            ("fd12::1", true),
            ("fc12::1", false),
            ("::1", true),
            ("127.0.0.1", false),
            ("1.1.1.1", true),
        ] {
            assert_eq!(reach.includes(text.parse().unwrap()), may, "{text}");
        }
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for text in
            ["", "localhost", "10.0.0.0/33", "10.0.0/8", "::/129", "10.0.0.0/-1", "10.0.0.0/ 8", "1.2.3.4:80"]
        {
            let error = Reach::default().list(text).unwrap_err();
            assert!(error.contains("10.1.0.0/16"), "{error}");
        }
    }
}
