//! What a pool does, in paused time.

mod calls;
mod cost;
mod drops;
mod expiry;
mod listing;
mod model;
mod owners;
mod parts;
mod property;
mod queue;
mod room;
#[cfg(shuttle)]
mod schedules;
mod silent;
mod supersede;
mod turns;

use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Lease, MemoryPool};
use crate::session::Memory;

/// A memory of a size that the test chooses.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Blob {
    tag: u32,
    bytes: usize,
}

impl Memory for Blob {
    fn stored_bytes(&self) -> usize {
        self.bytes
    }
}

/// Another type of memory.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Other {
    tag: u32,
    bytes: usize,
}

impl Memory for Other {
    fn stored_bytes(&self) -> usize {
        self.bytes
    }
}

const fn blob(tag: u32) -> Blob {
    Blob { tag, bytes: 0 }
}

const fn sized(bytes: usize) -> Blob {
    Blob { tag: 1, bytes }
}

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// A pool whose sessions live 100 s.
fn pool(max_items: usize) -> MemoryPool {
    MemoryPool::new(seconds(100), max_items)
}

async fn take(pool: &MemoryPool, id: &str) -> Lease<Blob> {
    pool.get_or_create(id).await.unwrap()
}

/// One whole turn that stores `memory`.
async fn store(pool: &MemoryPool, id: &str, memory: Blob) {
    take(pool, id).await.commit_here(memory).unwrap();
}

/// Which of these sessions are there, without using any.
fn present<'a>(pool: &MemoryPool, ids: &[&'a str]) -> Vec<&'a str> {
    let is_there = |id: &str| {
        let key = pool.hashed(id.try_into().unwrap());
        pool.locked(|state, _| state.index.get(&key).is_some())
    };
    ids.iter().copied().filter(|id| is_there(id)).collect()
}

/// What a future gives right now, if anything.
fn poll_once<F: Future + ?Sized>(future: &mut Pin<Box<F>>) -> Option<F::Output> {
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}
