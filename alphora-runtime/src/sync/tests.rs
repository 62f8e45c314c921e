//! Runs a scenario under many schedules.

use std::sync::Arc;
use std::time::Duration;

use shuttle::scheduler::{PctScheduler, RandomScheduler, ReplayScheduler, Scheduler};
use shuttle::{Config, Runner};
use tokio::runtime::{Builder, Runtime};

/// How many schedules a scenario is run under: half of them wholly random, half of them with a few changes of
/// priority at random places, which finds what needs one task to be very slow.
const COUNT: &str = "ALPHORA_SCHEDULES";

/// A schedule that failed, as the checker has printed it, to be run alone.
const REPLAY: &str = "ALPHORA_SCHEDULE";

/// The clock of all schedules. It stands still until somebody moves it.
#[derive(Debug, Clone)]
pub(crate) struct Clock(Arc<Runtime>);

impl Clock {
    /// Moves the clock, in one step, and wakes whoever waits for that.
    pub(crate) fn advance(&self, by: Duration) {
        self.0.block_on(tokio::time::advance(by));
    }
}

/// Runs `scenario` under as many schedules as `ALPHORA_SCHEDULES` says, 1,000 by default.
pub(crate) fn explore(scenario: impl Fn(&Clock) + Send + Sync + 'static) {
    let count = variable(COUNT).map_or(1000, |count| count.parse().unwrap());
    let runtime = Arc::new(Builder::new_current_thread().enable_time().start_paused(true).build().unwrap());
    let clock = Clock(runtime.clone());
    let _entered = runtime.enter();
    let scenario = Arc::new(move || {
        super::forget_sections();
        scenario(&clock);
    });
    if let Some(schedule) = variable(REPLAY) {
        return run(ReplayScheduler::new_from_encoded(&schedule), scenario);
    }
    run(RandomScheduler::new(count - count / 2), scenario.clone());
    for depth in [2, 3, 5] {
        run(PctScheduler::new(depth, count / 6), scenario.clone());
    }
}

fn run(scheduler: impl Scheduler + 'static, scenario: Arc<impl Fn() + Send + Sync + 'static>) {
    let mut config = Config::new();
    config.stack_size = 256 * 1024;
    config.max_steps = shuttle::MaxSteps::FailAfter(20_000);
    Runner::new(scheduler, config).run(move || scenario());
}

#[expect(clippy::disallowed_methods, reason = "who runs the tests says how long")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
