//! The checks of a store of limits, one idea a file.

pub(super) mod accounts;
pub(super) mod places;
pub(super) mod requests;
pub(super) mod tokens;
