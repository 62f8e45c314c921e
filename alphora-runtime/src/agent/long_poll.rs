//! Notices a method that holds its worker for long: nothing can end it meanwhile, no clock and no cancellation.

use std::time::Duration;

use tokio::time::Instant;

use crate::random::Identifier;
use crate::stream::Activity;

/// How long one poll of a method may take before it is noted.
const LONG: Duration = Duration::from_secs(1);

/// Looks at the polls of one run until one of them was long.
///
/// The times are those that the output has taken anyway, of the run's resuming and of its last event. The clock is
/// only read where there are none: before the first event, and after a poll that sent nothing. So what a method
/// computes after an event that it sent in the same poll is not seen here.
pub(super) struct LongPolls {
    /// When the poll began, as long as the output does not say so.
    begun: Instant,
    is_first: bool,
    events: u64,
    noted: bool,
}

impl LongPolls {
    /// Before the first poll, which begins now.
    pub(super) fn new(begun: Instant) -> Self {
        Self { begun, is_first: true, events: 0, noted: false }
    }

    /// A poll begins.
    pub(super) fn begin(&mut self) {
        if self.events == 0 && !self.is_first {
            self.begun = Instant::now();
        }
        self.is_first = false;
    }

    /// The poll is over: says how long it took, if that was long for the first time.
    fn end(&mut self, activity: &Activity) -> Option<Duration> {
        if self.noted {
            return None;
        }
        let begun = if self.events == 0 { self.begun } else { activity.resumed };
        let ended = if activity.events == self.events { Instant::now() } else { activity.last_event };
        self.events = activity.events;
        let took = ended.saturating_duration_since(begun);
        self.noted = took > LONG;
        self.noted.then_some(took)
    }

    /// The poll is over: notes in the log if it was long.
    pub(super) fn note(&mut self, activity: &Activity, run_id: &Identifier) {
        if let Some(took) = self.end(activity) {
            tracing::warn!(
                run_id = run_id.as_str(),
                ?took,
                "an agent held its worker without awaiting: no clock and no cancellation can end it meanwhile, and \
                 others wait; do what takes long inside of `tokio::task::spawn_blocking`"
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;
    use crate::stream::{DataStreamer, Output, ResponseHead, Surface, renderer};

    fn output() -> (Output, DataStreamer) {
        let head = ResponseHead { id: Identifier::unknown("cmpl-"), created: 1, model: "m".to_owned() };
        let output = Output::new(renderer(Surface::OpenAi, true, false, head));
        (output.clone(), DataStreamer::of_run(output))
    }

    /// A poll that sends at its beginning and at its end, and takes `millis` in between.
    async fn poll(
        polls: &mut LongPolls,
        (output, stream): &(Output, DataStreamer),
        sends: (bool, bool),
        millis: u64,
    ) -> Option<Duration> {
        output.resumed().unwrap();
        polls.begin();
        if sends.0 {
            stream.text("x").await.unwrap();
        }
        advance(Duration::from_millis(millis)).await;
        if sends.1 {
            stream.text("x").await.unwrap();
        }
        polls.end(&output.activity())
    }

    #[tokio::test(start_paused = true)]
    async fn a_long_poll_is_noted_once_wherever_it_is() {
        let silent = (false, false);
        for before in [&[][..], &[silent], &[(true, false)], &[(false, true), silent]] {
            for long in [silent, (false, true), (true, true)] {
                let run = output();
                let mut polls = LongPolls::new(Instant::now());
                for sends in before {
                    assert_eq!(poll(&mut polls, &run, *sends, 900).await, None);
                    // Waiting between two polls is what an agent is meant to do.
                    advance(Duration::from_secs(5)).await;
                }
                let noted = poll(&mut polls, &run, long, 1100).await;
                assert_eq!(noted, Some(Duration::from_millis(1100)), "{before:?} {long:?}");
                assert_eq!(poll(&mut polls, &run, silent, 1100).await, None, "once a run");
            }
        }
    }
}
