//! The values of options that are constants of the user's: judged while the crate compiles.

use crate::clock::CENTURY;

/// `value` seconds, at least one.
///
/// # Panics
/// While compiling, with `message`, when it is zero or more than a hundred years.
#[track_caller]
pub const fn seconds(value: u64, message: &'static str) -> u64 {
    assert!(1 <= value && value <= CENTURY.as_secs(), "{}", message);
    value
}

/// `value`, at least one.
///
/// # Panics
/// While compiling, with `message`, when it is zero.
#[track_caller]
pub const fn whole(value: usize, message: &'static str) -> usize {
    assert!(1 <= value, "{}", message);
    value
}
