//! Bodies that carry runs, and whatever comes to these runs from other threads: nothing of it is missed.
//!
//! Run with `RUSTFLAGS="--cfg shuttle" cargo test -p alphora-runtime --lib --release schedules`. The clock stands
//! still, so that no heartbeat and no clock of a run covers up for a wake-up that was lost.

mod agent;

use std::future::poll_fn;
use std::time::Duration;

use http_body::Body;
use shuttle::future::block_on;
use shuttle::rand::{Rng, thread_rng};
use shuttle::sync::mpsc::{Sender, channel};
use shuttle::thread;

use self::agent::{Bench, Notes};
use super::*;
use crate::server::respond::heartbeat::Heartbeat;
use crate::server::respond::run_body::RunBody;
use crate::session::Concurrency;
use crate::stream::DataStreamer;
use crate::sync::tests::explore;

const KEEP_ALIVE: Duration = Duration::from_secs(15);

fn body(run: Run, output: &Output) -> RunBody {
    let carrier = Carrier {
        run: Some(run),
        output: output.clone(),
        identity: Identity::new(),
        policies: Policies::default(),
        answering: true,
        held: None,
    };
    let timer = Box::pin(tokio::time::sleep(KEEP_ALIVE));
    let heartbeat = Heartbeat::new(KEEP_ALIVE, timer, output.activity().last_event);
    RunBody::new(carrier, heartbeat, None)
}

/// Reads to the end as a connection does, which also polls for reasons of its own. Tells `waits` when it has to wait
/// for the first time, or is at the end, and shows `seen` all that was read so far.
fn read(mut body: RunBody, waits: Option<Sender<()>>, seen: impl Fn(&str)) -> String {
    let mut text = String::new();
    let mut waits = waits;
    loop {
        let frame = block_on(poll_fn(|context| {
            let polled = Pin::new(&mut body).poll_frame(context);
            if !matches!(polled, Poll::Ready(Some(_)))
                && let Some(waits) = waits.take()
            {
                waits.send(()).unwrap();
            }
            if polled.is_pending() && thread_rng().gen_range(0..8) == 0 {
                context.waker().wake_by_ref();
            }
            polled
        }));
        match frame {
            Some(Ok(frame)) => {
                text.push_str(std::str::from_utf8(frame.data_ref().unwrap()).unwrap());
                seen(&text);
            }
            None => return text,
        }
    }
}

#[test]
fn an_interruption_is_never_missed() {
    explore(|_| {
        let bench = Bench::new();
        let script = ["hang", "send hang"][thread_rng().gen_range(0..2)];
        let (run, output) = bench.ask(script, Concurrency::Enqueue);
        let body = body(run, &output);
        let (waits, is_waiting) = channel();
        let reader = thread::spawn(move || read(body, Some(waits), |_| {}));
        if thread_rng().gen_bool(0.5) {
            is_waiting.recv().unwrap();
        }
        let stream = DataStreamer::of_run(output.clone());
        let sender = thread::spawn(move || {
            (0..2).take_while(|_| block_on(stream.text("from a thread")).is_ok()).count()
        });
        let interrupter = thread::spawn(move || output.interrupt(Interruption::Cancelled));
        interrupter.join().unwrap();
        let sent = sender.join().unwrap();
        let text = reader.join().unwrap();
        assert_eq!(text.matches("from a thread").count(), sent);
        assert!(text.ends_with("data: [DONE]\n\n") && text.matches("[DONE]").count() == 1, "{text}");
        assert_eq!(text.matches("\"error\"").count(), 1, "{text}");
    });
}

#[test]
fn what_threads_send_is_read_although_the_run_is_silent() {
    explore(|_| {
        let bench = Bench::new();
        let (run, output) = bench.ask("send hear", Concurrency::Enqueue);
        let body = body(run, &output);
        // The method waits until all of it was read, so that nothing but what is sent wakes the reader.
        let signals = bench.signals.clone();
        let tell = move |text: &str| {
            if text.matches(".1>").count() == 2 {
                signals.tell();
            }
        };
        let reader = thread::spawn(move || read(body, None, tell));
        let senders: Vec<_> = (0..2)
            .map(|sender| {
                let stream = DataStreamer::of_run(output.clone());
                thread::spawn(move || {
                    for piece in 0..2 {
                        block_on(stream.text(format!("<{sender}.{piece}>"))).unwrap();
                    }
                })
            })
            .collect();
        for sender in senders {
            sender.join().unwrap();
        }
        let text = reader.join().unwrap();
        let at = |piece: &str| text.find(piece).unwrap();
        assert!(at("<0.0>") < at("<0.1>") && at("<1.0>") < at("<1.1>"), "{text}");
        assert_eq!((text.matches("<0.").count(), text.matches("<1.").count()), (2, 2), "{text}");
        assert_eq!((text.matches("[DONE]").count(), text.matches("\"error\"").count()), (1, 0), "{text}");
    });
}

#[test]
fn a_turn_is_either_kept_or_discarded() {
    explore(|_| {
        let bench = Bench::new();
        let (waits, all_wait) = channel();
        let runs: Vec<_> = (0..3)
            .map(|nth| {
                let concurrency = Concurrency::ALL[thread_rng().gen_range(0..Concurrency::ALL.len())];
                let end = if thread_rng().gen_range(0..3) == 0 { "well" } else { "hang" };
                let (run, output) = bench.ask(&format!("note{nth} send {end}"), concurrency);
                let (body, waits) = (body(run, &output), waits.clone());
                (thread::spawn(move || read(body, Some(waits), |_| {})), output)
            })
            .collect();
        for _ in 0..runs.len() {
            all_wait.recv().unwrap();
        }
        // All others have asked for the session: this one ends whatever is still under way.
        let (run, output) = bench.ask("note3 well", Concurrency::Rollback);
        let last = read(body(run, &output), None, |_| {});
        assert!(last.contains("\"finish_reason\":\"stop\""), "{last}");
        let Notes { mut lines } = bench.notes();
        assert_eq!(lines.pop().as_deref(), Some("note3"), "the last one is the last one");
        for (nth, (reader, output)) in runs.into_iter().enumerate() {
            let text = reader.join().unwrap();
            let note = format!("note{nth}");
            let completed = text.contains("\"finish_reason\":\"stop\"");
            let kept = output.interruption() == Some(Interruption::Superseded { keep: true })
                && bench.signals.has_noted(&note);
            let times = lines.iter().filter(|line| **line == note).count();
            assert_eq!(times, usize::from(completed || kept), "{note} in {lines:?}: {text}");
        }
    });
}
