//! Where sessions are kept so that they outlive a process, or are shared by several: one contract, many stores.
//!
//! A [`SessionStore`] lends a session to one turn at a time, on all machines together, as a [`StoreLease`]. A lease
//! expires when its holder no longer renews it; its [fence](StoreLease::fence) then tells a holder that wakes up late
//! from the one that has the session now. What a turn has made of a session is one [`Change`], committed as a whole
//! or not at all.
//!
//! A store knows bytes only. Which type they are of is the business of the [pool](super::MemoryPool) in front of it.

mod change;
#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
mod contract;
#[cfg(feature = "redb")]
mod embedded;
mod error;
mod in_memory;
mod latency;
mod lease;
mod limits;
mod listing;
#[cfg(any(feature = "redis", feature = "postgres"))]
mod poll;
#[cfg(feature = "postgres")]
mod postgres;
mod record;
#[cfg(feature = "redis")]
mod redis;
mod run_log;
#[cfg(test)]
mod silent;
mod within;

#[cfg(feature = "postgres")]
pub use self::postgres::PostgresStore;
#[cfg(feature = "redis")]
pub use self::redis::RedisStore;
pub use change::{Change, Commit, Committed};
pub use contract::{SessionStore, StoreFuture};
#[cfg(feature = "redb")]
pub use embedded::EmbeddedStore;
pub use error::StoreError;
#[cfg(feature = "server")]
pub(crate) use in_memory::Ended;
pub use in_memory::{InMemoryLimitStore, InMemoryRunLog, InMemoryStore};
pub use latency::{Operation, OperationLatency};
pub use lease::{Begun, Claim, Content, Preemption, StoreLease};
pub use limits::{
    Allowance, Bucket, Exceeded, LimitAccount, LimitStore, RunPlace, Settlement, Standing, Taken,
};
pub use listing::{Page, PageRequest, SessionSummary, StoreLimits, StoreStatistics, StoredSession};
pub use record::Record;
pub use run_log::{LoggedEvent, RunEvents, RunKey, RunLog, RunLogLimits};
#[cfg(test)]
pub(crate) use silent::Silent;
pub(crate) use within::within;
