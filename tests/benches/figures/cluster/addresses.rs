//! Where the replicas are, for those who send them requests.

use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};

/// The address of each replica, or none while it is down. One that was started again is elsewhere.
#[derive(Debug)]
pub(crate) struct Addresses(Mutex<Vec<Option<SocketAddr>>>);

impl Addresses {
    pub(super) fn new(replicas: usize) -> Self {
        Self(Mutex::new(vec![None; replicas]))
    }

    pub(super) fn set(&self, index: usize, address: Option<SocketAddr>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)[index] = address;
    }

    /// How many replicas there are, those that are down included.
    pub(crate) fn count(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// The address of a replica, counted round and round.
    pub(crate) fn get(&self, turn: usize) -> Option<SocketAddr> {
        let addresses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        addresses[turn % addresses.len()]
    }
}
