//! A port for a server of another make, which has to be told one.

use std::collections::BTreeSet;
use std::hash::{BuildHasher as _, RandomState};
use std::net::TcpListener;
use std::ops::{Range, RangeInclusive};
use std::sync::{Mutex, PoisonError};
use std::{fs, io};

use crate::chaos::Random;

/// Ports that are no server's of the system's own.
const PORTS: Range<u16> = 10_000..65_000;

/// A port of loopback that nobody listens on, that this process was not given before, and that the system gives to no
/// outgoing connection: a server that was killed has to get it again, while its clients try to connect.
///
/// # Errors
/// None of a thousand is free.
pub fn free_port() -> io::Result<u16> {
    static GIVEN: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());
    let outgoing = outgoing_ports();
    let mut random = Random::new(RandomState::new().hash_one("a port"));
    let mut given = GIVEN.lock().unwrap_or_else(PoisonError::into_inner);
    for attempt in 0..1_000 {
        let offset = u16::try_from(random.below(PORTS.len())).map_err(io::Error::other)?;
        let port = PORTS.start + offset;
        // Where all ports may be an outgoing connection's, it is one of those.
        let is_outgoing = attempt < 500 && outgoing.contains(&port);
        if !is_outgoing && !given.contains(&port) && TcpListener::bind(("127.0.0.1", port)).is_ok() {
            given.insert(port);
            return Ok(port);
        }
    }
    Err(io::Error::other("no port of a thousand is free"))
}

fn outgoing_ports() -> RangeInclusive<u16> {
    let text = fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range").unwrap_or_default();
    let mut numbers = text.split_whitespace().filter_map(|number| number.parse().ok());
    match (numbers.next(), numbers.next()) {
        (Some(first), Some(last)) => first..=last,
        _ => 32_768..=60_999,
    }
}
