//! The checks of a run log, one idea a file.

pub(super) mod bounds;
pub(super) mod cancelling;
pub(super) mod claims;
pub(super) mod endings;
pub(super) mod order;
pub(super) mod owners;
pub(super) mod signs;
