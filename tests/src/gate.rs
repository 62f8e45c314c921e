//! A gate: where the agents of a test wait until it lets them go on, however long the test takes to get there.

use std::collections::BTreeMap;
use std::fmt;
use std::panic::Location;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

use crate::waiting::until_at;

/// The gates of all tests of this process, by their numbers, which is how a script names one.
static GATES: Mutex<BTreeMap<usize, Arc<State>>> = Mutex::new(BTreeMap::new());

/// Its number is what it is written as; it is open for ever once it is dropped.
pub struct Gate {
    number: usize,
    state: Arc<State>,
}

struct State {
    open: watch::Sender<bool>,
    waiting: AtomicUsize,
}

/// Somebody who waits, until they are let through or do not want to any more.
struct Waiting(Arc<State>);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Gate {
    /// A gate that is closed.
    #[expect(clippy::new_without_default, reason = "each is another one")]
    pub fn new() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let state = Arc::new(State { open: watch::Sender::new(false), waiting: AtomicUsize::new(0) });
        GATES.lock().unwrap_or_else(PoisonError::into_inner).insert(number, state.clone());
        Self { number, state }
    }

    /// What [`pass`](Self::pass) knows it by.
    pub fn number(&self) -> usize {
        self.number
    }

    /// How many wait at it.
    pub fn waiting(&self) -> usize {
        self.state.waiting.load(Ordering::SeqCst)
    }

    /// Waits until so many wait at it.
    #[track_caller]
    pub fn reached(&self, wanted: usize) -> impl Future<Output = ()> {
        let what = format!("{wanted} wait at the gate");
        until_at(Location::caller(), what, async move || (self.waiting() == wanted).then_some(()))
    }

    /// Lets through who waits at it, and everybody who comes later.
    pub fn open(&self) {
        self.state.open.send_replace(true);
    }

    /// Waits at the gate with this number until it is open; does not wait where there is none.
    pub async fn pass(number: usize) {
        let state = GATES.lock().unwrap_or_else(PoisonError::into_inner).get(&number).cloned();
        let Some(state) = state else { return };
        let mut open = state.open.subscribe();
        state.waiting.fetch_add(1, Ordering::SeqCst);
        let _waiting = Waiting(state);
        // The sender is in the state, so it is there for as long as this waits.
        let _ = open.wait_for(|is_open| *is_open).await;
    }
}

impl fmt::Display for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.number, f)
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.open();
        GATES.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.number);
    }
}
