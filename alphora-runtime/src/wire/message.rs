//! A message (placeholder).
/// m
#[derive(Debug, Clone, Default)]
pub struct Message;
