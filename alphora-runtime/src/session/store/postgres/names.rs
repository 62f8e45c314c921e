//! How keys, turns and times stand in the tables.

use std::borrow::Cow;
use std::time::{Duration, SystemTime};

use crate::clock::CENTURY;
use crate::session::Owner;

/// The name of an agent. PostgreSQL's texts hold every character but NUL.
pub(super) fn agent(name: &str) -> Cow<'_, str> {
    if name.contains(['\0', '%']) {
        Cow::Owned(name.replace('%', "%25").replace('\0', "%00"))
    } else {
        Cow::Borrowed(name)
    }
}

/// An owner, never as an empty text: that is what a transaction which has named no owner is compared with.
pub(super) fn owner(owner: &Owner) -> String {
    owner.name().map_or_else(|| "-".to_owned(), |name| format!("+{}", agent(name)))
}

/// A duration in milliseconds; what is longer than a century is as good as for ever.
pub(super) fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.min(CENTURY).as_millis()).unwrap_or(i64::MAX)
}

/// A time of the server's clock.
pub(super) fn time(milliseconds: i64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_millis(unsigned(milliseconds))
}

/// A number that the store counts; none of them is ever negative.
pub(super) fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

/// A number to compare with one of the store's, of which none is as large as what does not fit.
pub(super) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
