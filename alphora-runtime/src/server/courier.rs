//! Brings chunks out that an agent has sent before it began to compute.
//!
//! A body polls its run in the connection's own task, which is what makes a chunk cheap. The price is that nothing
//! is written while the agent's method runs: an agent that sends and then computes without awaiting would keep its
//! chunk to itself. `send` gives way when the method has run for long already; what it computes *after* a `send`
//! nobody can know. So a thread looks every two milliseconds at the runs that are being polled at this moment, of which
//! there are at most as many as the runtime has workers, and writes what one of them has sent and still holds.
//! While no run is polled it sleeps.
//!
//! An agent that computes can keep more than its own chunk: the worker it computes on may be the one that waited for
//! the sockets and the timers of all, and Tokio gives that to another worker only when one of them wakes. So the
//! courier wakes one, by a task that does nothing else; see [`Courier::handing_on`].

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering, fence};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::thread::{Builder, JoinHandle, Thread, park, sleep};
use std::time::Duration;

use tokio::sync::Notify;

use super::writer::Writer;
use crate::stream::Output;

/// How often the courier looks, as long as runs are polled.
const TICK: Duration = Duration::from_millis(2);

/// How long a run has to be polled before the courier brings out what it has sent. With the tick that makes three
/// milliseconds at most.
const LONG: Duration = Duration::from_millis(1);

/// How many runs can be polled at once and be looked after: as many as there are workers, on most machines.
const PLACES: usize = 256;

/// The thread; it ends when this is dropped.
pub(super) struct Courier {
    board: Arc<Board>,
    thread: Option<JoinHandle<()>>,
}

/// The runs that are being polled now.
struct Board {
    /// One a thread that polls.
    places: Vec<Mutex<Place>>,
    /// How many of them have ever been used.
    used: AtomicUsize,
    /// A run was polled since the courier has last looked.
    active: AtomicBool,
    asleep: AtomicBool,
    over: AtomicBool,
    /// An agent computes: another worker is to look after sockets and timers.
    computing: Arc<Notify>,
}

type Place = Option<Arc<Errand>>;

/// What the courier does for one run.
pub(super) struct Errand {
    output: Output,
    writer: Arc<Writer>,
    board: Arc<Board>,
    thread: Thread,
}

impl Courier {
    /// Starts the thread, or does without where the system gives none.
    pub(super) fn start() -> Option<Self> {
        let board = Arc::new(Board {
            places: std::iter::repeat_with(Mutex::default).take(PLACES).collect(),
            used: AtomicUsize::new(0),
            active: AtomicBool::new(false),
            asleep: AtomicBool::new(false),
            over: AtomicBool::new(false),
            computing: Arc::default(),
        });
        let shared = board.clone();
        let thread = Builder::new().name("alphora-courier".to_owned()).spawn(move || shared.rounds());
        match thread {
            Ok(thread) => Some(Self { board, thread: Some(thread) }),
            Err(error) => {
                tracing::warn!(%error, "no thread brings out what agents send before they compute");
                None
            }
        }
    }

    /// What a task of its own is to wait for: each time an agent computes it is woken, on a worker that was idle and
    /// that has the sockets and the timers to wait for afterwards.
    pub(super) fn handing_on(&self) -> impl Future<Output = ()> + Send + use<> {
        let computing = self.board.computing.clone();
        async move {
            loop {
                computing.notified().await;
            }
        }
    }
}

/// A connection that the courier knows.
#[derive(Clone)]
pub(super) struct Line {
    courier: Arc<Courier>,
    writer: Arc<Writer>,
}

impl Line {
    pub(super) fn new(courier: Arc<Courier>, writer: Arc<Writer>) -> Self {
        Self { courier, writer }
    }

    /// Looks after a run whose answer is a chunked body on this connection.
    pub(super) fn errand(&self, output: &Output) -> Option<Arc<Errand>> {
        let thread = self.courier.thread.as_ref()?.thread().clone();
        let (writer, board) = (self.writer.clone(), self.courier.board.clone());
        Some(Arc::new(Errand { output: output.clone(), writer, board, thread }))
    }
}

impl Drop for Courier {
    fn drop(&mut self) {
        self.board.over.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            // It panics nowhere, and is gone after a tick.
            let _ = thread.join();
        }
    }
}

impl Board {
    fn rounds(&self) {
        while !self.over.load(Ordering::Acquire) {
            let mut polled = self.active.swap(false, Ordering::Relaxed);
            let mut computes = false;
            for place in self.places.iter().take(self.used.load(Ordering::Acquire)) {
                // Its poll cannot end meanwhile: the end waits for this lock.
                if let Some(errand) = &*lock(place) {
                    polled = true;
                    computes |= errand.run();
                }
            }
            if computes {
                self.computing.notify_one();
            }
            if polled {
                sleep(TICK);
                continue;
            }
            self.asleep.store(true, Ordering::Relaxed);
            // Either this sees the run that has just begun to be polled, or that sees that this is asleep.
            fence(Ordering::SeqCst);
            if !self.active.load(Ordering::Relaxed) {
                park();
            }
            self.asleep.store(false, Ordering::Relaxed);
        }
    }

    /// The place of the thread that asks.
    fn place(&self) -> Option<&Mutex<Place>> {
        thread_local! {
            static PLACE: Cell<Option<usize>> = const { Cell::new(None) };
        }
        let at = PLACE.get().unwrap_or_else(|| {
            // One number a thread, whichever server it works for: they are few.
            static THREADS: AtomicUsize = AtomicUsize::new(0);
            let at = THREADS.fetch_add(1, Ordering::Relaxed) % PLACES;
            PLACE.set(Some(at));
            at
        });
        if self.used.load(Ordering::Relaxed) <= at {
            self.used.fetch_max(at + 1, Ordering::AcqRel);
        }
        self.places.get(at)
    }
}

fn lock(place: &Mutex<Place>) -> MutexGuard<'_, Place> {
    place.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Errand {
    /// Brings out what was sent, if the run has been polled for long, and says whether it has.
    fn run(&self) -> bool {
        let long = self.output.activity().resumed.elapsed() >= LONG;
        if long {
            self.writer.pass(|| self.output.take_unread());
        }
        long
    }

    /// The run begins to be polled by this thread, until the value is dropped.
    pub(super) fn begin(self: &Arc<Self>) -> Polled<'_> {
        let place = self.board.place().filter(|place| {
            let mut place = lock(place);
            let free = place.is_none();
            if free {
                *place = Some(self.clone());
            }
            free
        });
        self.board.active.store(true, Ordering::Relaxed);
        fence(Ordering::SeqCst);
        if self.board.asleep.load(Ordering::Relaxed) {
            self.thread.unpark();
        }
        Polled(place)
    }

    /// hyper has got something to write.
    pub(super) fn hold(&self) {
        self.writer.hold();
    }

    /// Waits until hyper has written it.
    pub(super) fn poll_clear(&self, context: &Context<'_>) -> Poll<()> {
        self.writer.poll_clear(context)
    }
}

/// A run is being polled.
pub(super) struct Polled<'a>(Option<&'a Mutex<Place>>);

impl Drop for Polled<'_> {
    fn drop(&mut self) {
        if let Some(place) = self.0 {
            *lock(place) = None;
        }
    }
}
