//! A limit per minute as a bucket, in whole numbers: nothing is rounded, however long it is counted.

use std::time::Duration;

/// What one request, or one token, weighs. A bucket loses its limit in each millisecond, so that what weighs this much
/// is gone after a minute divided by the limit, exactly.
const UNIT: u64 = 60_000;

/// The highest limit that is told apart from higher ones: a hundred thousand million a minute.
const HIGHEST: u64 = 100_000_000_000;

/// The most that a bucket holds. Everything stays below 2^53, so that stores that count with floating point count
/// exactly.
const MOST: u64 = 9_000_000_000_000_000;

/// More tokens than these no bucket holds.
#[cfg(any(feature = "redis", feature = "postgres"))]
pub(in crate::session::store) const MOST_TOKENS: u64 = 1 << 40;

/// What was asked for and has not been made up for by time.
///
/// A bucket whose limit is `limit` lets in `limit` at once when it is empty, and `limit` a minute from then on: so in
/// any window of time at most `limit` and what the window's own time allows for. It is empty again after at most a
/// minute, unless more was put into it than it lets in, which tokens are whose number is known at the end only.
///
/// For stores: what is kept of a bucket is its [`weight`](Self::weight) and the millisecond of the store's own clock in
/// which that was so.
///
/// ```
/// use std::time::Duration;
///
/// use alphora_runtime::session::store::Bucket;
///
/// let bucket = Bucket::default().charged(3);
/// assert!(!bucket.has_room(3));
/// assert_eq!(bucket.wait(3), Duration::from_secs(20));
/// assert_eq!(bucket.after(20_000, 3), Bucket::default().charged(2));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Bucket {
    weight: u64,
}

impl Bucket {
    /// The bucket of a weight that was kept.
    pub const fn of_weight(weight: u64) -> Self {
        Self { weight: if weight > MOST { MOST } else { weight } }
    }

    /// What is to be kept.
    pub const fn weight(self) -> u64 {
        self.weight
    }

    /// The limit that counts for one that is asked for: there is a highest one.
    pub const fn limit(limit: u64) -> u64 {
        if limit > HIGHEST { HIGHEST } else { limit }
    }

    /// The bucket after this many milliseconds.
    #[must_use]
    pub fn after(self, milliseconds: u64, limit: u64) -> Self {
        // With a limit of nothing as well, what was put in before goes by and by.
        let lost = Self::limit(limit).max(1).saturating_mul(milliseconds);
        Self { weight: self.weight.saturating_sub(lost) }
    }

    /// The bucket with so many requests or tokens more.
    #[must_use]
    pub fn charged(self, count: u64) -> Self {
        Self { weight: self.weight.saturating_add(count.saturating_mul(UNIT)).min(MOST) }
    }

    /// The bucket with so many requests less, which did not come about.
    #[must_use]
    pub fn refunded(self, count: u64) -> Self {
        Self { weight: self.weight.saturating_sub(count.saturating_mul(UNIT)) }
    }

    /// Whether one more is let in.
    pub fn has_room(self, limit: u64) -> bool {
        self.weight + UNIT <= Self::limit(limit) * UNIT
    }

    /// How many more are let in now.
    pub fn remaining(self, limit: u64) -> u64 {
        Self::limit(limit).saturating_sub(self.weight.div_ceil(UNIT))
    }

    /// How long until one more is let in.
    pub fn wait(self, limit: u64) -> Duration {
        let limit = Self::limit(limit);
        let excess = (self.weight + UNIT).saturating_sub(limit * UNIT);
        Duration::from_millis(excess.div_ceil(limit.max(1)))
    }

    /// How long until it is empty.
    pub fn reset(self, limit: u64) -> Duration {
        Duration::from_millis(self.weight.div_ceil(Self::limit(limit).max(1)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Against a reference that counts in fractions: seconds as numerator and denominator.
        #[test]
        fn it_is_exact(limit in 1_u64..5_000, steps in proptest::collection::vec((0_u64..30_000, 0_u64..4), 1..200)) {
            let mut bucket = Bucket::default();
            // In minutes times milliseconds of the limit, as i128: no bounds, no rounding.
            let mut reference: i128 = 0;
            for (pause, asked) in steps {
                bucket = bucket.after(pause, limit);
                reference = (reference - i128::from(limit) * i128::from(pause)).max(0);
                for _ in 0..asked {
                    let fits = reference + 60_000 <= i128::from(limit) * 60_000;
                    prop_assert_eq!(bucket.has_room(limit), fits);
                    prop_assert_eq!(bucket.wait(limit).is_zero(), fits);
                    if fits {
                        bucket = bucket.charged(1);
                        reference += 60_000;
                    }
                }
                prop_assert_eq!(i128::from(bucket.weight()), reference);
                let wait = u64::try_from(bucket.wait(limit).as_millis()).unwrap();
                prop_assert!(bucket.after(wait, limit).has_room(limit));
                prop_assert!(wait == 0 || !bucket.after(wait - 1, limit).has_room(limit), "no sooner");
                let reset = u64::try_from(bucket.reset(limit).as_millis()).unwrap();
                prop_assert_eq!(bucket.after(reset, limit), Bucket::default());
            }
        }

        #[test]
        fn no_window_has_more_than_its_time_and_one_burst(
            limit in 1_u64..200, pauses in proptest::collection::vec(0_u64..2_000, 1..400)
        ) {
            let (mut bucket, mut now, mut granted) = (Bucket::default(), 0, Vec::new());
            for pause in pauses {
                now += pause;
                bucket = bucket.after(pause, limit);
                if bucket.has_room(limit) {
                    bucket = bucket.charged(1);
                    granted.push(now);
                }
            }
            for (at, first) in granted.iter().enumerate() {
                for (later, last) in granted.iter().enumerate().skip(at) {
                    let count = (later - at + 1) as u64;
                    prop_assert!(count <= limit + limit * (last - first) / 60_000);
                }
            }
        }

        #[test]
        fn no_number_is_too_large(weight: u64, limit: u64, count: u64, pause: u64) {
            let bucket = Bucket::of_weight(weight).charged(count);
            prop_assert!(bucket.weight() < 1 << 53);
            prop_assert!(bucket.after(pause, limit).weight() <= bucket.weight());
            prop_assert!(bucket.remaining(limit) <= limit);
            prop_assert_eq!(bucket.has_room(limit), bucket.wait(limit).is_zero() && limit > 0);
            prop_assert_eq!(bucket.remaining(limit) > 0, bucket.has_room(limit));
        }
    }

    #[test]
    fn a_limit_of_nothing_lets_nothing_in() {
        let bucket = Bucket::default();
        assert!(!bucket.has_room(0));
        assert_eq!((bucket.remaining(0), bucket.wait(0)), (0, Duration::from_secs(60)));
        assert_eq!(bucket.charged(1).after(60_000, 0), bucket, "what was put in before goes nevertheless");
    }

    #[test]
    fn more_tokens_than_were_left_are_made_up_for() {
        let bucket = Bucket::default().charged(250);
        assert_eq!((bucket.remaining(100), bucket.has_room(100)), (0, false));
        assert_eq!(bucket.wait(100), Duration::from_millis(90_600));
    }
}
