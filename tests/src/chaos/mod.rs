//! A TCP proxy that does to a connection what networks, proxies and clients do: it cuts, stalls, half-closes, delays,
//! splits and joins, at a place that the test names or that a seed decides.

mod lane;
mod plan;
mod proxy;
mod random;

pub use plan::{Fault, Lane, Pace, Plan};
pub use proxy::ChaosProxy;
pub use random::Random;
