//! Which addresses belong to everybody: what IANA's registries of special addresses leave over.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Networks of IPv4 that are no place on the public internet, each with the length of its prefix.
const SPECIAL_V4: &[(Ipv4Addr, u32)] = &[
    (Ipv4Addr::UNSPECIFIED, 8),            // this network
    (Ipv4Addr::new(10, 0, 0, 0), 8),       // private
    (Ipv4Addr::new(100, 64, 0, 0), 10),    // shared by the customers of a provider
    (Ipv4Addr::new(127, 0, 0, 0), 8),      // loopback
    (Ipv4Addr::new(168, 63, 129, 16), 32), // a cloud's own service, at an address that looks public
    (Ipv4Addr::new(169, 254, 0, 0), 16),   // link-local, the clouds' metadata among it
    (Ipv4Addr::new(172, 16, 0, 0), 12),    // private
    (Ipv4Addr::new(192, 0, 0, 0), 24),     // protocol assignments
    (Ipv4Addr::new(192, 0, 2, 0), 24),     // documentation
    (Ipv4Addr::new(192, 88, 99, 0), 24),   // relays of 6to4
    (Ipv4Addr::new(192, 168, 0, 0), 16),   // private
    (Ipv4Addr::new(198, 18, 0, 0), 15),    // benchmarks
    (Ipv4Addr::new(198, 51, 100, 0), 24),  // documentation
    (Ipv4Addr::new(203, 0, 113, 0), 24),   // documentation
    (Ipv4Addr::new(224, 0, 0, 0), 4),      // multicast
    (Ipv4Addr::new(240, 0, 0, 0), 4),      // reserved, and broadcast
];

/// The addresses of IPv6 that are routed at all.
const GLOBAL_V6: (Ipv6Addr, u32) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);

/// Networks among them that are no place on the public internet.
const SPECIAL_V6: &[(Ipv6Addr, u32)] = &[
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23), // protocol assignments, Teredo among them
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32), // documentation
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20), // documentation
];

/// Networks of IPv6 whose addresses stand for one of IPv4, and where in them it is, in bytes.
const EMBEDDING_V6: &[(Ipv6Addr, u32, usize)] = &[
    (Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, 0, 0), 96, 12), // mapped
    (Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0), 96, 12), // translated (NAT64)
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16, 2),  // 6to4
];

/// Whether `address` is a place on the public internet.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => {
            let embedded =
                EMBEDDING_V6.iter().find(|(network, length, _)| is_in_v6(address, *network, *length));
            match embedded {
                Some((_, _, at)) => is_public_v4(embedded_v4(address, *at)),
                None => {
                    is_in_v6(address, GLOBAL_V6.0, GLOBAL_V6.1)
                        && !SPECIAL_V6.iter().any(|(network, length)| is_in_v6(address, *network, *length))
                }
            }
        }
    }
}

/// The address as the one of IPv4 that it is another form of.
pub(super) fn unmapped(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(v6) => v6.to_ipv4_mapped().map_or(address, IpAddr::V4),
        IpAddr::V4(_) => address,
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    !SPECIAL_V4.iter().any(|(network, length)| is_in_v4(address, *network, *length))
}

fn embedded_v4(address: Ipv6Addr, at: usize) -> Ipv4Addr {
    let bytes = address.octets();
    let byte = |index| bytes.get(at + index).copied().unwrap_or_default();
    Ipv4Addr::new(byte(0), byte(1), byte(2), byte(3))
}

pub(super) fn is_in_v4(address: Ipv4Addr, network: Ipv4Addr, length: u32) -> bool {
    let differing = address.to_bits() ^ network.to_bits();
    differing.checked_shr(32 - length).unwrap_or_default() == 0
}

pub(super) fn is_in_v6(address: Ipv6Addr, network: Ipv6Addr, length: u32) -> bool {
    let differing = address.to_bits() ^ network.to_bits();
    differing.checked_shr(128 - length).unwrap_or_default() == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_network_ends_where_it_ends() {
        let public = [
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.0",
            "168.63.129.15",
            "168.63.129.17",
            "169.253.255.255",
            "169.255.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.0",
            "192.0.3.0",
            "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "198.51.99.255",
            "198.51.101.0",
            "203.0.112.255",
            "203.0.114.0",
            "223.255.255.255",
            "2606:4700:4700::1111",
            "2001:200::1",
            "2001:db9::1",
            "2003::1",
            "3ffe::1",
            "::ffff:1.1.1.1",
            "64:ff9b::101:101",
            "2002:101:101::",
        ];
        for text in public {
            assert!(is_public(text.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn what_is_not_public_is_not_whatever_its_form() {
        let special = [
            "0.0.0.0",
            "0.255.255.255",
            "10.0.0.0",
            "10.255.255.255",
            "100.64.0.0",
            "100.100.100.200",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.255",
            "168.63.129.16",
            "169.254.0.0",
            "169.254.169.254",
            "172.16.0.0",
            "172.31.255.255",
            "192.0.0.0",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.0.0",
            "192.168.255.255",
            "198.18.0.0",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.0",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            "64:ff9b::7f00:1",
            "64:ff9b::a00:1",
            "64:ff9b:1::1",
            "2002:7f00:1::",
            "2002:a9fe:a9fe::1",
            "2001::1",
            "2001:0:1::",
            "2001:1ff::1",
            "2001:db8::1",
            "3fff::1",
            "3fff:fff::1",
            "100::1",
            "5f00::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ];
        for text in special {
            assert!(!is_public(text.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn a_whole_address_and_everything_are_networks_too() {
        assert!(is_in_v4(Ipv4Addr::LOCALHOST, Ipv4Addr::LOCALHOST, 32));
        assert!(!is_in_v4(Ipv4Addr::new(127, 0, 0, 2), Ipv4Addr::LOCALHOST, 32));
        assert!(is_in_v4(Ipv4Addr::BROADCAST, Ipv4Addr::UNSPECIFIED, 0));
        assert!(is_in_v6(Ipv6Addr::LOCALHOST, Ipv6Addr::UNSPECIFIED, 0));
        assert!(!is_in_v6(Ipv6Addr::LOCALHOST, Ipv6Addr::UNSPECIFIED, 128));
    }
}
