//! What helps to find out why a figure was missed.

use std::io::Write as _;

/// The most of one example that is shown, in bytes.
const LONGEST: usize = 2_000;

/// Shows one of the things that went wrong, on standard error. Nothing is lost if nobody reads it.
pub(crate) fn example(what: &str) {
    let end = what.floor_char_boundary(LONGEST);
    let _ = writeln!(std::io::stderr(), "for example: {}", &what[..end]);
}
