//! What every session store promises, as checks that run against any of them.
//!
//! [`session_store`] runs all checks of a [`SessionStore`](super::SessionStore), [`run_log`] those of a
//! [`RunLog`](super::RunLog), [`limit_store`](limit_store()) those of a [`LimitStore`](super::LimitStore). Each check takes keys of its own that nobody else has, so that a store may hold other
//! things and be used by others meanwhile. What it leaves behind expires by itself within minutes. A check that
//! fails gives a [`Violation`], which names the promise that was broken; nothing here panics.
//!
//! ```
//! use std::sync::Arc;
//!
//! use alphora_runtime::session::store::{InMemoryStore, StoreLimits, conformance};
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), conformance::Violation> {
//! let report = conformance::session_store(Arc::new(InMemoryStore::new(StoreLimits::default()))).await?;
//! assert_eq!(report.passed.len(), conformance::SESSION_STORE.len());
//! # Ok(()) }
//! ```

mod bench;
mod check;
mod limit_bench;
mod limit_store;
mod limits;
mod log_bench;
mod reopening;
mod run_log;
mod session_store;
mod subject;
mod suite;
mod violation;

pub use check::Check;
pub use limits::keeps_its_limits;
pub use reopening::survives_reopening;
pub use suite::{LIMIT_STORE, RUN_LOG, Report, SESSION_STORE, limit_store, run_log, session_store};
pub use violation::Violation;
