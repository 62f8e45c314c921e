//! What ends by itself: leases that nobody renews, and sessions that nobody uses.

use tokio::time::Instant;

use super::sessions::Sessions;

impl Sessions {
    /// Lets up to `most` leases that have expired go, the earliest first, and says how many they were. Their sessions
    /// can go from now on; those that were never committed are gone.
    pub(super) fn end_leases(&mut self, most: usize, now: Instant) -> usize {
        let mut ended = 0;
        while ended < most
            && let Some((until, number)) = self.leased.first().copied()
            && until <= now
        {
            self.place(number, now);
            ended += 1;
        }
        ended
    }

    /// Removes up to `most` sessions that have expired, the earliest first, and says how many they were.
    pub(super) fn remove_expired(&mut self, most: usize, now: Instant) -> usize {
        let mut removed = 0;
        while removed < most
            && let Some((expires, number)) = self.expiring.first().copied()
            && expires <= now
        {
            self.remove(number);
            removed += 1;
        }
        removed
    }
}
