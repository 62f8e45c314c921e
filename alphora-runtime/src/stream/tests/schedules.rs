//! Senders, endings and a reader that race: what is sent is read once and in order, and there is one ending.
//!
//! Run with `RUSTFLAGS="--cfg shuttle" cargo test -p alphora-runtime --lib --release schedules`. A wake-up that is
//! lost leaves a task that waits for ever, which the checker reports as a deadlock.

mod plain;
mod trace;

use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;

use shuttle::future::block_on;
use shuttle::rand::{Rng, thread_rng};
use shuttle::thread;

use self::plain::Plain;
use self::trace::{Event, Trace};
use crate::error::ErrorKind;
use crate::stream::{DataStreamer, FinishReason, Interruption, Output};
use crate::sync::tests::explore;
use crate::wire::ErrorBody;

/// What the threads of a scenario do.
#[derive(Debug, Clone, Copy)]
struct Mix {
    senders: u32,
    /// How many pieces each of them sends.
    pieces: u32,
    /// How long the longest piece is; the buffer takes 16 KiB.
    longest: usize,
    /// Among 100 pieces, how many are given up while they are sent.
    impatient: u32,
    /// Who ends the output while others send.
    enders: &'static [Ender],
    /// Whether the reader leaves before the end.
    leaves: bool,
    /// Whether the reader comes only after all others have ended.
    late: bool,
}

#[derive(Debug, Clone, Copy)]
enum Ender {
    Finish,
    Fail,
    Stop,
    Interrupt(Interruption),
    /// The method is over, the output is not.
    Cancel,
}

const CALM: Mix =
    Mix { senders: 3, pieces: 2, longest: 20, impatient: 0, enders: &[], leaves: false, late: false };

impl Mix {
    fn check(self) {
        explore(move |_| self.run());
    }

    /// One schedule.
    fn run(self) {
        crate::sync::forget_sections();
        let output = Output::new(Box::new(Plain));
        let stream = DataStreamer::of_run(output.clone());
        let trace = Arc::new(Trace::default());
        let mut threads = Vec::new();
        for sender in 1..=self.senders {
            let (stream, trace) = (stream.clone(), trace.clone());
            threads.push(thread::spawn(move || self.send(sender, &stream, &trace)));
        }
        for ender in self.enders {
            let (output, stream, trace) = (output.clone(), stream.clone(), trace.clone());
            threads.push(thread::spawn(move || ender.end(&output, &stream, &trace)));
        }
        let reader = {
            let (output, trace) = (output.clone(), trace.clone());
            move || thread::spawn(move || self.read(&output, &trace))
        };
        let (on_time, late) = if self.late { (None, Some(reader)) } else { (Some(reader()), None) };
        let watcher = {
            let (output, stream, cancels) = (output.clone(), stream.clone(), self.cancels());
            thread::spawn(move || {
                block_on(stream.cancelled());
                assert!(cancels || output.is_stopped(), "cancelled before the end");
            })
        };
        for thread in threads {
            thread.join().unwrap();
        }
        // The carrier's part, when its run has returned; only the first ending counts. An interruption needs no other.
        if !self.enders.iter().any(|ender| matches!(ender, Ender::Interrupt(_))) {
            Ender::Finish.end(&output, &stream, &trace);
        }
        let reader = on_time.or_else(|| late.map(|reader| reader())).unwrap();
        let read = reader.join().unwrap();
        watcher.join().unwrap();
        assert!(!output.is_busy(), "a call is under way after all have ended");
        assert_eq!(block_on(stream.text("late")).unwrap_err().kind(), ErrorKind::Stopped);
        trace.check(&read);
    }

    fn cancels(self) -> bool {
        self.enders.iter().any(|ender| matches!(ender, Ender::Cancel))
    }

    fn send(self, sender: u32, stream: &DataStreamer, trace: &Trace) {
        for piece in 0..self.pieces {
            let piece = plain::piece(sender, piece, thread_rng().gen_range(0..=self.longest));
            let _busy = (thread_rng().gen_range(0..3) == 0).then(|| stream.busy());
            trace::forget();
            let impatient = thread_rng().gen_range(0..100) < self.impatient;
            let mut sending = Box::pin(stream.text(&piece));
            let mut looks = thread_rng().gen_range(0..2);
            let sent = block_on(poll_fn(|context| match sending.as_mut().poll(context) {
                Poll::Ready(sent) => Poll::Ready(Some(sent)),
                Poll::Pending if impatient && looks == 0 => Poll::Ready(None),
                Poll::Pending => {
                    if impatient {
                        looks -= 1;
                        context.waker().wake_by_ref();
                    }
                    Poll::Pending
                }
            }));
            drop(sending);
            let event = match sent {
                Some(Ok(())) => Event::Sent(piece),
                Some(Err(error)) => {
                    assert_eq!(error.kind(), ErrorKind::Stopped);
                    Event::Refused
                }
                None => Event::GivenUp(piece),
            };
            trace.note(event);
        }
    }

    /// Reads to the end, or leaves.
    fn read(self, output: &Output, trace: &Trace) -> String {
        let mut text = String::new();
        let patience = self.leaves.then(|| thread_rng().gen_range(0..4));
        let mut reads = 0;
        while patience.is_none_or(|patience| reads < patience) {
            reads += 1;
            let read = block_on(poll_fn(|context| {
                let read = output.poll_read(context);
                // Looked for when the reader has been noted, so that one that comes later wakes it.
                if read.is_pending() && output.interruption().is_some() {
                    Ender::Fail.end_once(output, trace);
                    return output.poll_read(context);
                }
                read
            }));
            let Some(read) = read else { return text };
            text.push_str(std::str::from_utf8(&read.bytes).unwrap());
        }
        trace::forget();
        output.abandon();
        trace.note(Event::Abandoned);
        text
    }
}

impl Ender {
    fn end(self, output: &Output, stream: &DataStreamer, trace: &Trace) {
        self.end_once(output, trace);
        // Not always, because who asks is told, and thereby everybody.
        let asks = thread_rng().gen_bool(0.5);
        if asks && matches!(self, Self::Finish | Self::Fail | Self::Cancel) {
            assert!(stream.is_cancelled(), "not cancelled after the end");
        }
    }

    fn end_once(self, output: &Output, trace: &Trace) {
        trace::forget();
        let event = match self {
            Self::Finish => {
                output.finish(&FinishReason::Stop);
                Event::Ended(plain::FINISH)
            }
            Self::Fail => {
                output.fail(&ErrorBody::new("server_error", "it broke"));
                Event::Ended(plain::FAIL)
            }
            Self::Stop => {
                let _ = output.stop(None);
                Event::Stopped
            }
            Self::Interrupt(why) => {
                output.interrupt(why);
                Event::Other
            }
            Self::Cancel => {
                let _ = output.cancellation();
                trace::forget();
                output.cancel();
                Event::Other
            }
        };
        trace.note(event);
    }
}

#[test]
fn every_piece_is_read_once_and_in_order() {
    CALM.check();
}

#[test]
fn senders_wait_for_room_and_get_it() {
    Mix { longest: 12_000, pieces: 3, ..CALM }.check();
}

#[test]
fn a_piece_that_is_given_up_harms_no_other() {
    Mix { longest: 12_000, pieces: 3, impatient: 50, ..CALM }.check();
}

#[test]
fn only_the_first_of_two_endings_counts() {
    Mix { enders: &[Ender::Finish, Ender::Fail], senders: 2, ..CALM }.check();
}

#[test]
fn senders_that_wait_for_room_learn_of_the_end() {
    Mix { enders: &[Ender::Fail], longest: 17_000, ..CALM }.check();
}

#[test]
fn a_stop_ends_the_sending_but_not_the_reading() {
    Mix { enders: &[Ender::Stop, Ender::Stop], longest: 12_000, ..CALM }.check();
}

#[test]
fn a_stop_frees_senders_whom_nobody_reads() {
    Mix { enders: &[Ender::Stop], longest: 30_000, late: true, ..CALM }.check();
}

#[test]
fn an_interruption_wakes_the_reader() {
    let enders = &[Ender::Interrupt(Interruption::Shutdown)];
    Mix { enders, senders: 2, longest: 12_000, ..CALM }.check();
}

#[test]
fn a_reader_that_leaves_frees_whoever_sends() {
    Mix { leaves: true, longest: 17_000, pieces: 3, ..CALM }.check();
}

#[test]
fn everything_at_once() {
    let enders =
        &[Ender::Stop, Ender::Fail, Ender::Cancel, Ender::Interrupt(Interruption::Superseded { keep: true })];
    Mix { enders, leaves: true, impatient: 20, longest: 12_000, ..CALM }.check();
}
