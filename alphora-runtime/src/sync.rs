//! The locks of the pool and of the output: the standard library's, or ones that a model checker schedules.
//!
//! With `RUSTFLAGS="--cfg shuttle"` the tests named `schedules` run under orders of steps that no machine would
//! come to by itself. Without it this is the standard library, and nothing of the checker is built.

#[cfg(not(shuttle))]
pub(crate) use std::sync::{Mutex, MutexGuard};

pub(crate) use std::sync::PoisonError;

#[cfg(shuttle)]
mod checked;
#[cfg(shuttle)]
#[cfg(test)]
pub(crate) mod tests;

#[cfg(shuttle)]
pub(crate) use checked::{Mutex, MutexGuard};
#[cfg(all(test, shuttle))]
pub(crate) use checked::{Section, forget_sections, sections};
