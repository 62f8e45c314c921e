//! What the machine allows, and the memory that its kernel has given to TCP.

use std::{fs, io};

use alphora_tests::allow_files;

/// Files of a process that are no connections, generously.
const OTHER_FILES: usize = 256;

/// Lets this process, and those that it starts from now on, open `connections` sockets; gives how many they can.
pub(crate) fn allow_connections(connections: usize) -> io::Result<usize> {
    let allowed = allow_files(connections + OTHER_FILES)?;
    Ok(allowed.saturating_sub(OTHER_FILES).min(connections))
}

/// The memory of all TCP sockets of the machine, in KiB.
pub(crate) fn tcp_memory_kib() -> io::Result<u64> {
    /// The kernel counts in pages.
    const PAGE_KIB: u64 = 4;
    let text = fs::read_to_string("/proc/net/sockstat")?;
    let line = text.lines().find_map(|line| line.strip_prefix("TCP:")).unwrap_or_default();
    let pages = line.rsplit(" mem ").next().and_then(|word| word.trim().parse::<u64>().ok());
    let missing = || io::Error::other(format!("/proc/net/sockstat says nothing of memory: `{line}`"));
    Ok(pages.ok_or_else(missing)? * PAGE_KIB)
}
