//! How long connections may wait for their clients: for the next request, for the rest of a head, and for room to
//! write.
//!
//! hyper has one timer for the first two, and sets it anew for each request. Proxies keep idle connections for a
//! minute and more, while a head that does not come is an attack: they need two limits. A connection that has not asked
//! for anything yet is waited for as for a head, or whoever only opens connections could hold all places with them.
//!
//! Here one clock serves all connections of a server. A connection notes what the clock says when its state changes,
//! which costs a store, and [`Watches::keep`] looks at all of them four times a second. A connection has no timer of its
//! own, and is told what to do through its [`Watch`].

use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, AtomicUsize, Ordering, fence};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::task::{Context, Waker};
use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior, interval_at};

use crate::config::ServerConfig;

/// How often the clock goes on and all connections are looked at. What a connection notes is at most this much too
/// early, so that much is added to its limits, and what it exceeds is seen at most this much too late: no limit is
/// shorter than it says, and none is longer by more than twice this. On a machine that is late, they are longer.
const TICK: Duration = Duration::from_millis(250);

/// When a connection that takes nothing is polled although nothing has happened to it, so that it can tell the
/// kernel to be patient; see [`super::socket::wait_for_reader`].
const LONG_STALL: Duration = Duration::from_secs(5);

/// What all connections of a server may wait for, in milliseconds, and the clock that counts them; and what they may
/// hold.
#[derive(Debug)]
pub(super) struct Limits {
    head: u64,
    keep_alive: u64,
    pub(super) stall: Duration,
    /// In bytes: how much the kernel holds for a client that reads.
    pub(super) send_buffer: usize,
    /// Milliseconds since the server began, in whole ticks.
    clock: AtomicU64,
}

/// The connections of one server.
pub(super) struct Watches {
    limits: Arc<Limits>,
    /// Those that have ended are taken out at the next tick.
    all: Mutex<Vec<Arc<Watch>>>,
}

impl Watches {
    pub(super) fn new(server: &ServerConfig) -> Arc<Self> {
        let limits = Limits {
            head: milliseconds(server.head_timeout),
            keep_alive: milliseconds(server.keep_alive_timeout),
            stall: server.stall_timeout,
            send_buffer: server.send_buffer,
            clock: AtomicU64::new(0),
        };
        Arc::new(Self { limits: Arc::new(limits), all: Mutex::default() })
    }

    /// Watches a new connection.
    pub(super) fn enter(&self) -> Arc<Watch> {
        let watch = Arc::new(Watch {
            limits: self.limits.clone(),
            requests: AtomicUsize::new(0),
            idle_since: AtomicU64::new(0),
            // The first head is waited for from the beginning.
            head_since: AtomicU64::new(self.limits.now() + 1),
            stalled_since: AtomicU64::new(0),
            refused: AtomicBool::new(false),
            order: AtomicU8::new(Order::Serve as u8),
            waker: OnceLock::new(),
        });
        self.all().push(watch.clone());
        watch
    }

    /// Lets the clock go on and closes what has used up one of its limits, for as long as this is polled.
    pub(super) async fn keep(&self) {
        let mut ticks = interval_at(Instant::now() + TICK, TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            self.limits.clock.fetch_add(milliseconds(TICK), Ordering::Relaxed);
            self.all().retain(|watch| {
                let alive = Arc::strong_count(watch) > 1;
                if alive {
                    watch.look();
                }
                alive
            });
        }
    }

    /// Tells every connection that there is now.
    pub(super) fn tell(&self, order: Order) {
        for watch in self.all().iter() {
            watch.tell(order);
        }
    }

    fn all(&self) -> std::sync::MutexGuard<'_, Vec<Arc<Watch>>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a connection has been told. It only becomes more urgent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Order {
    /// Go on.
    Serve,
    /// End after the requests that are being served, or at once if there is none.
    Drain,
    /// End at once.
    Close,
}

/// What a connection is doing, as far as its limits are concerned. Times are the clock's, plus one where 0 stands
/// for "it is not so".
#[derive(Debug)]
pub(super) struct Watch {
    limits: Arc<Limits>,
    /// How many requests are being served: at most one, unless the connection is of HTTP/2.
    requests: AtomicUsize,
    /// Since when there is none, after the first one.
    idle_since: AtomicU64,
    /// When the first byte of a head came; of the first head, since when it is waited for.
    head_since: AtomicU64,
    /// Since when the socket takes nothing more.
    stalled_since: AtomicU64,
    /// The last request was refused, perhaps before all of it had come.
    refused: AtomicBool,
    order: AtomicU8,
    /// Of the connection's task, which polls the connection with no other.
    waker: OnceLock<Waker>,
}

impl Watch {
    /// What the connection is to do. To be asked whenever it is polled; whoever changes the answer wakes it.
    pub(super) fn order(&self, context: &Context<'_>) -> Order {
        if self.waker.get().is_none() {
            let _ = self.waker.set(context.waker().clone());
            // Either the order is seen below, or the waker by who gives the order.
            fence(Ordering::SeqCst);
        }
        match self.order.load(Ordering::Relaxed) {
            0 => Order::Serve,
            1 => Order::Drain,
            _ => Order::Close,
        }
    }

    pub(super) fn tell(&self, order: Order) {
        self.order.fetch_max(order as u8, Ordering::Relaxed);
        fence(Ordering::SeqCst);
        self.wake();
    }

    fn wake(&self) {
        if let Some(waker) = self.waker.get() {
            waker.wake_by_ref();
        }
    }

    /// Whether one of the limits is used up.
    fn look(&self) {
        let now = self.limits.now();
        let has_waited = |since: u64, limit: u64| now.saturating_sub(since) >= limit + milliseconds(TICK);
        let stalled = self.stalled_since.load(Ordering::Relaxed);
        if stalled > 0 {
            if has_waited(stalled - 1, milliseconds(self.limits.stall)) {
                self.tell(Order::Close);
            } else if has_waited(stalled - 1, milliseconds(LONG_STALL))
                && !has_waited(stalled - 1, milliseconds(LONG_STALL + TICK))
            {
                // Once: the clock goes on by a tick each time. Thousands may be stalled.
                self.wake();
            }
        }
        if self.requests.load(Ordering::Acquire) > 0 {
            return;
        }
        let expired = match self.head_since.load(Ordering::Relaxed) {
            0 => has_waited(self.idle_since.load(Ordering::Relaxed), self.limits.keep_alive),
            head => has_waited(head - 1, self.limits.head),
        };
        if expired {
            self.tell(Order::Close);
        }
    }

    /// A request has begun; dropping the guard, with the response's body, is its end.
    pub(super) fn begin(self: &Arc<Self>) -> Busy {
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.head_since.store(0, Ordering::Relaxed);
        Busy(self.clone())
    }

    pub(super) fn has_read(&self) {
        if self.requests.load(Ordering::Relaxed) == 0 && self.head_since.load(Ordering::Relaxed) == 0 {
            self.head_since.store(self.limits.now() + 1, Ordering::Relaxed);
        }
    }

    /// The connection takes requests from now on: its first head has its time from here.
    #[cfg(feature = "tls")]
    pub(super) fn note_ready(&self) {
        self.head_since.store(self.limits.now() + 1, Ordering::Relaxed);
    }

    /// The socket takes nothing more. Says whether it has been so for long.
    pub(super) fn has_stalled(&self) -> bool {
        match self.stalled_since.load(Ordering::Relaxed) {
            0 => {
                self.stalled_since.store(self.limits.now() + 1, Ordering::Relaxed);
                false
            }
            since => self.limits.now().saturating_sub(since - 1) > milliseconds(LONG_STALL),
        }
    }

    /// The socket takes bytes again.
    pub(super) fn has_written(&self) {
        self.stalled_since.store(0, Ordering::Relaxed);
        // A request is over when its answer was handed over, of which much may still be on its way.
        if self.requests.load(Ordering::Relaxed) == 0 {
            let now = self.limits.now();
            self.idle_since.store(now, Ordering::Relaxed);
            // A head that has come meanwhile is read when the answer before it is on its way.
            if self.head_since.load(Ordering::Relaxed) > 0 {
                self.head_since.store(now + 1, Ordering::Relaxed);
            }
        }
    }

    pub(super) fn is_stalled(&self) -> bool {
        self.stalled_since.load(Ordering::Relaxed) > 0
    }

    pub(super) fn has_refused(&self) -> bool {
        self.refused.load(Ordering::Relaxed)
    }

    pub(super) fn limits(&self) -> &Limits {
        &self.limits
    }
}

impl Limits {
    fn now(&self) -> u64 {
        self.clock.load(Ordering::Relaxed)
    }
}

fn milliseconds(duration: Duration) -> u64 {
    // A limit that no clock reaches, and that can still be added to one.
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX / 4)
}

/// A request is being served.
#[derive(Debug)]
pub(super) struct Busy(Arc<Watch>);

impl Busy {
    /// Notes whether the answer is a refusal.
    pub(super) fn note_answer(&self, refused: bool) {
        self.0.refused.store(refused, Ordering::Relaxed);
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.idle_since.store(self.0.limits.now(), Ordering::Relaxed);
        // Whoever sees that there is none sees since when.
        self.0.requests.fetch_sub(1, Ordering::Release);
    }
}

#[cfg(test)]
mod tests;
