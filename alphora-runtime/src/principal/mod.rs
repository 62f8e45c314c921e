//! Who asks: the caller that a server has recognised, and how much this caller may ask for.
//!
//! Plain data that every other folder may name. It knows neither HTTP nor how a caller is recognised.

mod caller;
mod claims;
mod limits;

pub use caller::Principal;
pub use claims::Claims;
pub use limits::Limits;
