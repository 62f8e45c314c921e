//! The pauses between attempts.

use std::time::Duration;

use super::RetryPolicy;
use crate::random::Identifier;

/// The pause before retry `number`, from 0, or `None` if the server asks for a longer one than the policy allows.
///
/// `share`, from 0 to 1, says how much of the jitter is used.
pub(crate) fn pause(
    policy: &RetryPolicy,
    number: u32,
    asked: Option<Duration>,
    share: f64,
) -> Option<Duration> {
    match asked {
        Some(wait) if wait > policy.max_retry_after => None,
        // Not all who were told the same second come back in the same moment.
        Some(wait) => Some(wait.saturating_add(part(policy.base_delay.min(policy.max_delay), share))),
        None => {
            let doubled = policy.base_delay.saturating_mul(2_u32.saturating_pow(number));
            Some(part(doubled.min(policy.max_delay), share))
        }
    }
}

fn part(bound: Duration, share: f64) -> Duration {
    // Only a part of the longest duration could be too long to be counted.
    Duration::try_from_secs_f64(bound.as_secs_f64() * share).unwrap_or(bound)
}

/// A random share, from 0 to 1.
pub(crate) fn jitter() -> f64 {
    // Without randomness the bound itself is waited for.
    Identifier::new("").map_or(1.0, |random| {
        let bits = u32::try_from(random.bits() & u128::from(u32::MAX)).unwrap_or(u32::MAX);
        f64::from(bits) / f64::from(u32::MAX)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MILLISECOND: Duration = Duration::from_millis(1);

    #[test]
    fn the_bound_doubles_up_to_the_longest() {
        let policy = RetryPolicy::default();
        let bounds =
            [0, 1, 2, 3, 4, 5, 40].map(|number| pause(&policy, number, None, 1.0).unwrap().as_millis());
        assert_eq!(bounds, [500, 1000, 2000, 4000, 8000, 8000, 8000]);
        assert_eq!(pause(&policy, 3, None, 0.0), Some(Duration::ZERO));
        assert_eq!(pause(&policy, 1, None, 0.5), Some(500 * MILLISECOND));
    }

    #[test]
    fn a_server_is_waited_for_as_long_as_it_asks() {
        let policy = RetryPolicy::default();
        assert_eq!(pause(&policy, 0, Some(2000 * MILLISECOND), 0.0), Some(2000 * MILLISECOND));
        assert_eq!(pause(&policy, 2, Some(2000 * MILLISECOND), 1.0), Some(2500 * MILLISECOND));
        assert_eq!(pause(&policy, 0, Some(30_000 * MILLISECOND), 0.0), Some(30_000 * MILLISECOND));
        assert_eq!(pause(&policy, 0, Some(30_001 * MILLISECOND), 0.0), None);
    }

    #[test]
    fn jitter_is_spread() {
        let shares: Vec<f64> = (0..1000).map(|_| jitter()).collect();
        assert!(shares.iter().all(|share| (0.0..=1.0).contains(share)));
        let mean = shares.iter().sum::<f64>() / 1000.0;
        assert!((0.4..0.6).contains(&mean), "{mean}");
    }
}
