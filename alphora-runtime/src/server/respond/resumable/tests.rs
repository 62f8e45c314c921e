//! The tail and the journal, with a clock that stands still while nothing waits.

mod following;
mod keyed;

use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, sleep, timeout};

use super::journal::Journal;
use super::tail::{Reader, Tail, Taken};
use crate::random::Identifier;
use crate::server::respond::Refusal;
use crate::session::Owner;
use crate::session::store::{LoggedEvent, RunEvents, RunKey, RunLog, RunLogLimits, StoreError, StoreFuture};
use crate::stream::{Interruption, Output, ResponseHead, Surface, renderer};

/// A log that takes its time, and says when it was written to.
#[derive(Debug, Default)]
struct SlowLog {
    /// Milliseconds; `u64::MAX` is for ever.
    takes: AtomicU64,
    cancelled: AtomicU64,
    /// How often it was asked whether the run is to end.
    signs: AtomicU64,
    written: std::sync::Mutex<Vec<(Duration, u64)>>,
    begun: std::sync::OnceLock<Instant>,
}

impl SlowLog {
    fn done<T: Send + 'static>(&self, value: T) -> StoreFuture<'_, T> {
        Box::pin(async move {
            match self.takes.load(Ordering::Relaxed) {
                0 => {}
                u64::MAX => std::future::pending().await,
                takes => sleep(Duration::from_millis(takes)).await,
            }
            Ok(value)
        })
    }
}

impl RunLog for SlowLog {
    fn open<'a>(&'a self, _: &'a RunKey, _: &'a RunLogLimits) -> StoreFuture<'a, ()> {
        self.begun.get_or_init(Instant::now);
        self.done(())
    }

    fn append<'a>(&'a self, _: &'a RunKey, events: &'a [LoggedEvent]) -> StoreFuture<'a, ()> {
        let at = self.begun.get().unwrap().elapsed();
        self.written.lock().unwrap().push((at, events.last().unwrap().id));
        self.done(())
    }

    fn finish<'a>(&'a self, _: &'a RunKey) -> StoreFuture<'a, ()> {
        self.written.lock().unwrap().push((self.begun.get().unwrap().elapsed(), 0));
        self.done(())
    }

    fn read<'a>(&'a self, _: &'a RunKey, _: u64, _: Duration) -> StoreFuture<'a, RunEvents> {
        Box::pin(async { Err(StoreError::Fenced) })
    }

    fn cancel<'a>(&'a self, _: &'a RunKey) -> StoreFuture<'a, bool> {
        self.done(true)
    }

    fn is_cancelled<'a>(&'a self, _: &'a RunKey) -> StoreFuture<'a, bool> {
        self.signs.fetch_add(1, Ordering::Relaxed);
        let asked = self.cancelled.load(Ordering::Relaxed);
        self.done(asked > 0)
    }

    fn silence<'a>(&'a self, _: &'a RunKey) -> StoreFuture<'a, Option<Duration>> {
        self.done(None)
    }

    fn claim<'a>(&'a self, _: &'a RunKey, _: &'a Bytes, _: Duration) -> StoreFuture<'a, Option<Bytes>> {
        self.done(None)
    }

    fn disclaim<'a>(&'a self, _: &'a RunKey, _: &'a Bytes) -> StoreFuture<'a, ()> {
        self.done(())
    }
}

/// A tail with its journal, without a run.
struct Bench {
    tail: Arc<Tail>,
    log: Arc<SlowLog>,
    output: Output,
    last: u64,
}

impl Bench {
    fn start(takes: u64) -> (Self, Reader) {
        let log = Arc::new(SlowLog { takes: takes.into(), ..SlowLog::default() });
        let tail = Arc::new(Tail::default());
        let id = Identifier::new("cmpl-").unwrap();
        let head = ResponseHead { id, created: 1, model: "m".to_owned() };
        let output = Output::new(renderer(Surface::OpenAi, true, false, head));
        let journal = Journal {
            log: log.clone(),
            run: RunKey { agent: "a".into(), owner: Owner::anonymous(), run: 1 },
            limits: RunLogLimits::default(),
            tail: tail.clone(),
            output: output.clone(),
            claim: None,
        };
        let reader = tail.reader();
        #[expect(clippy::disallowed_methods, reason = "it ends with the test's runtime")]
        tokio::spawn(journal.keep());
        (Self { tail, log, output, last: 0 }, reader)
    }

    fn push(&mut self, bytes: usize, ended: bool) {
        self.last += 1;
        let event = LoggedEvent { id: self.last, bytes: vec![b'x'; bytes].into() };
        self.tail.push(vec![event], ended);
    }

    fn has_room(&self) -> bool {
        self.tail.poll_room(&Context::from_waker(Waker::noop())).is_ready()
    }

    fn written(&self) -> Vec<(u64, u64)> {
        let written = self.log.written.lock().unwrap();
        written.iter().map(|(at, id)| (u64::try_from(at.as_millis()).unwrap(), *id)).collect()
    }
}

fn take(reader: &Reader) -> Poll<Taken> {
    reader.poll_take(&Context::from_waker(Waker::noop()))
}

fn given(last: u64, bytes: usize) -> Poll<Taken> {
    Poll::Ready(Taken::Events(last, Bytes::from(vec![b'x'; bytes])))
}

#[tokio::test(start_paused = true)]
async fn events_go_to_the_log_together() {
    let (mut bench, _reader) = Bench::start(0);
    sleep(Duration::from_millis(10)).await;
    for _ in 0..30 {
        bench.push(100, false);
        sleep(Duration::from_millis(5)).await;
    }
    // The first one waits for nobody, the others for the time since the last append.
    sleep(Duration::from_millis(1)).await;
    assert_eq!(bench.written(), [(10, 1), (60, 11), (110, 21), (160, 30)]);
    bench.push(100, false);
    bench.push(4000, false);
    sleep(Duration::from_millis(1)).await;
    assert_eq!(bench.written()[4..], [(161, 32)], "many do not wait");
    bench.push(100, true);
    sleep(Duration::from_millis(1)).await;
    assert_eq!(bench.written()[5..], [(162, 33), (162, 0)], "nor does the end");
}

#[tokio::test(start_paused = true)]
async fn the_last_event_waits_for_the_log_and_the_pump() {
    let (mut bench, reader) = Bench::start(100);
    bench.push(1, false);
    assert_eq!(take(&reader), given(1, 1));
    bench.push(2, false);
    bench.push(3, true);
    assert_eq!(take(&reader), given(2, 2));
    assert_eq!(take(&reader), Poll::Pending);
    poll_fn(|context| bench.tail.poll_sealed(context)).await;
    assert_eq!(bench.written().last().unwrap().1, 0, "and its end");
    assert_eq!(take(&reader), Poll::Pending, "the run still has its place");
    bench.tail.release();
    assert_eq!(take(&reader), given(3, 3));
    assert_eq!(take(&reader), Poll::Ready(Taken::Ended));
}

#[tokio::test(start_paused = true)]
async fn what_the_log_does_not_have_is_bounded() {
    let (mut bench, reader) = Bench::start(1000);
    for _ in 0..64 {
        assert!(bench.has_room());
        bench.push(1024, false);
    }
    assert!(!bench.has_room());
    // The reader has nothing to do with it.
    for nth in 1..=4 {
        assert_eq!(take(&reader), given(16 * nth, 16 * 1024));
    }
    assert!(!bench.has_room());
    let opened = timeout(Duration::from_millis(1001), poll_fn(|context| reader.poll_opened(context))).await;
    assert_eq!(opened, Ok(true));
    sleep(Duration::from_millis(1010)).await;
    assert!(bench.has_room());
}

#[tokio::test(start_paused = true)]
async fn a_reader_that_takes_nothing_is_left_to_the_log() {
    let (mut bench, reader) = Bench::start(0);
    for _ in 0..64 {
        assert!(bench.has_room() && bench.tail.waits_for_reader().is_none());
        bench.push(1024, false);
        sleep(Duration::from_millis(1)).await;
    }
    assert!(!bench.has_room(), "the log has all, and the reader nothing");
    assert_eq!(bench.tail.waits_for_reader(), Some(0));
    assert_eq!(take(&reader), given(16, 16 * 1024));
    assert!(bench.has_room());
    bench.push(16 * 1024, false);
    sleep(Duration::from_millis(100)).await;
    assert_eq!(bench.tail.waits_for_reader(), Some(16));
    bench.tail.leave_reader();
    assert!(bench.has_room());
    assert_eq!(take(&reader), Poll::Ready(Taken::Behind));

    // One that takes what was not written yet has missed nothing.
    let (mut bench, reader) = Bench::start(1000);
    bench.push(64 * 1024, false);
    bench.tail.leave_reader();
    assert_eq!(take(&reader), given(1, 64 * 1024));
    sleep(Duration::from_millis(2500)).await;
    bench.push(64 * 1024, false);
    sleep(Duration::from_millis(1500)).await;
    assert_eq!(bench.tail.waits_for_reader(), Some(1), "it is waited for again");
}

#[tokio::test(start_paused = true)]
async fn without_a_log_the_reader_sets_the_pace() {
    let (mut bench, reader) = Bench::start(u64::MAX);
    let begun = Instant::now();
    assert!(!poll_fn(|context| reader.poll_opened(context)).await);
    assert_eq!(begun.elapsed().as_secs(), 5, "that much patience there is");
    for _ in 0..64 {
        assert!(bench.has_room());
        bench.push(1024, false);
    }
    assert!(!bench.has_room());
    assert_eq!(take(&reader), given(16, 16 * 1024));
    assert!(bench.has_room());
    bench.push(16 * 1024, false);
    assert!(!bench.has_room());
    // And without either, nobody.
    drop(reader);
    for _ in 0..64 {
        assert!(bench.has_room());
        bench.push(16 * 1024, false);
    }
    bench.push(1, true);
    timeout(Duration::from_secs(1), poll_fn(|context| bench.tail.poll_sealed(context))).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_request_is_either_answered_or_refused() {
    let refusal = Refusal::shutting_down;
    let (bench, reader) = Bench::start(0);
    assert!(bench.tail.begin_refusal());
    assert!(!reader.begin(), "too late for a stream");
    bench.tail.refuse(refusal());
    assert!(poll_fn(|context| reader.poll_begun(context)).await.is_err());
    sleep(Duration::from_millis(1)).await;
    assert_eq!(bench.written(), [(0, 0)], "its log is at its end");

    let (bench, reader) = Bench::start(0);
    assert!(reader.begin() && bench.tail.is_stream());
    assert!(!bench.tail.begin_refusal(), "too late for an error");

    let (mut bench, reader) = Bench::start(0);
    bench.push(1, false);
    assert!(poll_fn(|context| reader.poll_begun(context)).await.is_ok());
    assert!(!bench.tail.begin_refusal());
}

#[tokio::test(start_paused = true)]
async fn a_run_whose_log_has_failed_still_gives_signs_of_life() {
    let (mut bench, _reader) = Bench::start(0);
    sleep(Duration::from_millis(10)).await;
    bench.log.takes.store(u64::MAX, Ordering::Relaxed);
    bench.push(1, false);
    sleep(Duration::from_secs(6)).await;
    assert!(bench.has_room() && bench.written().len() == 1, "it is not written to any more");
    bench.log.takes.store(0, Ordering::Relaxed);
    sleep(Duration::from_secs(6)).await;
    let before = bench.log.signs.load(Ordering::Relaxed);
    sleep(Duration::from_secs(10)).await;
    assert_eq!(bench.log.signs.load(Ordering::Relaxed), before + 10);
    bench.log.cancelled.store(1, Ordering::Relaxed);
    sleep(Duration::from_millis(1001)).await;
    assert_eq!(bench.output.interruption(), Some(Interruption::Cancelled));
    // The end does not wait for a sign that the log does not take.
    bench.log.takes.store(u64::MAX, Ordering::Relaxed);
    sleep(Duration::from_secs(2)).await;
    bench.push(1, true);
    timeout(Duration::from_millis(1), poll_fn(|context| bench.tail.poll_sealed(context))).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_run_hears_of_it_within_a_second() {
    let (bench, _reader) = Bench::start(0);
    sleep(Duration::from_millis(1500)).await;
    assert_eq!(bench.output.interruption(), None);
    bench.log.cancelled.store(1, Ordering::Relaxed);
    sleep(Duration::from_millis(501)).await;
    assert_eq!(bench.output.interruption(), Some(Interruption::Cancelled));
}
