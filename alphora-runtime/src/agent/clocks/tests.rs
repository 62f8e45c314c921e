//! Whatever an agent does, and however long it is silent: the right clock ends it, and at its time.

use proptest::prelude::*;
use tokio::time::sleep;

use super::*;
use crate::stream::{DataStreamer, ResponseHead, Surface, renderer};

/// Times are in milliseconds.
#[derive(Debug, Clone, Copy)]
enum Step {
    Send,
    /// A sign of life that no client sees.
    SendNothing,
    Sign,
    Wait(u64),
    /// A call of a model or of a tool, which has clocks of its own.
    Call(u64),
}

#[derive(Debug, Clone, Copy)]
struct Limits {
    first_event: u64,
    idle: u64,
    total: u64,
}

/// What ends a run, and when.
type End = (Result<(), Clock>, u64);

/// What has to come of it, from the words of the documentation.
fn expected(limits: Limits, steps: &[Step]) -> End {
    let (mut now, mut last_sign, mut has_sent) = (0, None, false);
    for step in steps {
        let (until, busy) = match *step {
            Step::Send | Step::SendNothing | Step::Sign => {
                last_sign = Some(now);
                // The first event gives way, so that it is written.
                if !matches!(step, Step::Send) || std::mem::replace(&mut has_sent, true) {
                    continue;
                }
                (now, false)
            }
            Step::Wait(millis) => (now + millis, false),
            Step::Call(millis) => (now + millis, true),
        };
        let silence = match last_sign {
            _ if busy => u64::MAX,
            None => limits.first_event,
            Some(last) => last + limits.idle,
        };
        let (end, clock) = match last_sign {
            _ if limits.total <= silence => (limits.total, Clock::Total),
            None => (silence, Clock::FirstEvent),
            Some(_) => (silence, Clock::Idle),
        };
        // What the agent waits for may come at the very moment at which a clock expires; then it is in time.
        if end.max(now) < until || end <= now {
            return (Err(clock), end.max(now));
        }
        now = until;
        if busy {
            last_sign = Some(now);
        }
    }
    (Ok(()), now)
}

async fn agent(stream: DataStreamer, steps: &[Step]) {
    for step in steps {
        match *step {
            Step::Send => stream.text("x").await.unwrap(),
            Step::SendNothing => stream.text("").await.unwrap(),
            Step::Sign => stream.sign(),
            Step::Wait(millis) => sleep(Duration::from_millis(millis)).await,
            Step::Call(millis) => {
                let _busy = stream.busy();
                sleep(Duration::from_millis(millis)).await;
            }
        }
    }
}

async fn seen(live: bool, limits: Limits, steps: &[Step]) -> End {
    let run_id = Identifier::unknown("cmpl-");
    let head = ResponseHead { id: run_id, created: 1, model: "m".to_owned() };
    let output = Output::new(renderer(Surface::OpenAi, live, false, head));
    let stream = DataStreamer::of_run(output.clone());
    let [first_event, idle, total] =
        [limits.first_event, limits.idle, limits.total].map(Duration::from_millis);
    let clocks = Clocks { first_event, idle, total };
    let begun = Instant::now();
    let ended = clocks.watch(&run_id, &output, std::pin::pin!(agent(stream, steps))).await;
    let ended = ended.map_err(|cut| match cut {
        Cut::Expired(clock) => clock,
        Cut::Interrupted(why) => panic!("nobody has interrupted the run: {why:?}"),
    });
    (ended, u64::try_from(begun.elapsed().as_millis()).unwrap())
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => Just(Step::Send),
        1 => Just(Step::SendNothing),
        1 => Just(Step::Sign),
        5 => (1..40_u64).prop_map(Step::Wait),
        2 => (1..120_u64).prop_map(Step::Call),
    ]
}

fn limits() -> impl Strategy<Value = Limits> {
    (1..80_u64, 1..80_u64, 1..400_u64).prop_map(|(first_event, idle, total)| Limits {
        first_event,
        idle,
        total,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn the_right_clock_ends_a_run_at_its_time(
        live in any::<bool>(),
        limits in limits(),
        steps in prop::collection::vec(step(), 0..=20),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let seen = runtime.block_on(seen(live, limits, &steps));
        prop_assert_eq!(seen, expected(limits, &steps));
    }
}
