//! What is not counted because too much waits already: said now and then.

use std::time::Duration;

use tokio::time::Instant;

/// At most this often the log says so.
const EVERY: Duration = Duration::from_secs(60);

/// What was forgotten.
#[derive(Debug, Default)]
pub(super) struct Forgotten {
    /// When it was last said.
    said: Option<Instant>,
    /// How much was forgotten since.
    unsaid: u64,
}

impl Forgotten {
    /// Notes that something was forgotten. Gives how much it is, if that is to be said now.
    pub(super) fn note(&mut self) -> Option<u64> {
        self.unsaid += 1;
        if self.said.is_some_and(|said| said.elapsed() < EVERY) {
            return None;
        }
        self.said = Some(Instant::now());
        Some(std::mem::take(&mut self.unsaid))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn it_is_said_at_once_and_then_once_a_minute() {
        let mut forgotten = Forgotten::default();
        let mut said = Vec::new();
        for _ in 0..150 {
            said.extend(forgotten.note());
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        assert_eq!(said, [1, 60, 60]);
    }
}
