//! How much callers ask for, counted for all processes that share a store: the contract, what it speaks of, and the
//! arithmetic that every implementation agrees on.

mod account;
mod bucket;
mod contract;
mod standing;

pub use account::{LimitAccount, RunPlace, Settlement};
pub use bucket::Bucket;
#[cfg(any(feature = "redis", feature = "postgres"))]
pub(super) use bucket::MOST_TOKENS;
pub use contract::LimitStore;
pub use standing::{Allowance, Exceeded, Standing, Taken};
