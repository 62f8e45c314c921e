//! The values of options that are constants of the user's: judged while the crate compiles.

/// A hundred years: what is longer overflows clocks.
const LONGEST: u64 = 100 * 365 * 24 * 60 * 60;

/// `value` seconds, at least one.
///
/// # Panics
/// While compiling, with `message`, when it is zero or more than a hundred years.
#[track_caller]
pub const fn seconds(value: u64, message: &'static str) -> u64 {
    assert!(1 <= value && value <= LONGEST, "{}", message);
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
