//! How much is asked for: what lets a run in, or refuses it with 429, and what its answer says of it.
//!
//! Each run is counted for its caller, then for all callers together, where those have limits. Without a shared store
//! that is done here, at once. With one, it is the store that counts, and a task of the server's that keeps places and
//! settles what has ended; while the store cannot be asked, the server counts by itself.

mod admitted;
mod forgotten;
mod limiter;
mod rate_limits;
mod refused;
mod shared;

pub(super) use admitted::Admitted;
pub(super) use limiter::Limiter;
pub(super) use rate_limits::RateLimits;

#[cfg(test)]
mod tests;
