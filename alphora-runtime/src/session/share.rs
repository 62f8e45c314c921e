//! How much of what all owners have together one of them may have.

/// Three quarters, rounded up: a server with one key for all has not much less than without, and no owner can drive
/// out all others.
pub(crate) fn share(all: usize) -> usize {
    all - all / 4
}
