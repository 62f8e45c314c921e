//! What session stores promise, seen by somebody who writes one.

mod careless_log;
mod contract;
mod embedded;
mod faulty;
mod limits;
#[cfg(any(feature = "postgres", feature = "redis"))]
mod lossy;
#[cfg(any(feature = "postgres", feature = "redis"))]
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "redis")]
mod redis;
