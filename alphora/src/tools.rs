//! Tools that a model may call: the attribute, the registry, the executor, and what they are made of.

pub use alphora_runtime::tool::*;

pub use crate::tool;
