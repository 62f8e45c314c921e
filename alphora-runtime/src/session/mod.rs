//! One conversation, kept: what is remembered, under which key, by whom, and for how long.

mod memory;

pub use memory::Memory;
