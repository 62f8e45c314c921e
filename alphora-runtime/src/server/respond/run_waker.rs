//! The waker of a run whose connection polls it: it tells whether the run has anything to do.
//!
//! A connection polls its body whenever anything at all has happened to it, and several times around each write.
//! Most of these polls find a run that waits for what it waited for before. So a run is woken through a waker of
//! its own, which remembers that it was.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Wake, Waker};

/// Wakes the connection's task, and remembers that it was for the run.
pub(super) struct RunWaker {
    waker: Waker,
    shared: Arc<Shared>,
}

struct Shared {
    woken: AtomicBool,
    /// The task that polls the run now.
    task: Mutex<Waker>,
}

impl RunWaker {
    pub(super) fn new() -> Self {
        let shared =
            Arc::new(Shared { woken: AtomicBool::new(true), task: Mutex::new(Waker::noop().clone()) });
        Self { waker: shared.clone().into(), shared }
    }

    /// What the run is polled with.
    pub(super) fn waker(&self) -> &Waker {
        &self.waker
    }

    /// Whether the run was woken since this was last asked. From now on the task of `context` is woken.
    pub(super) fn take(&self, context: &Context<'_>) -> bool {
        let mut task = self.shared.task.lock().unwrap_or_else(PoisonError::into_inner);
        // In this order: who wakes the run hereafter wakes the new task, and who did before is seen below.
        task.clone_from(context.waker());
        drop(task);
        self.shared.woken.swap(false, Ordering::AcqRel)
    }
}

impl Wake for Shared {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.woken.store(true, Ordering::Release);
        let task = self.task.lock().unwrap_or_else(PoisonError::into_inner);
        task.wake_by_ref();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;

    #[derive(Default)]
    struct Count(AtomicUsize);

    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[test]
    fn wakes_the_task_that_asked_last_and_remembers_it_once() {
        let (first, second) = (Arc::new(Count::default()), Arc::new(Count::default()));
        let (first_waker, second_waker) = (Waker::from(first.clone()), Waker::from(second.clone()));
        let run = RunWaker::new();
        assert!(run.take(&Context::from_waker(&first_waker)), "a new run has something to do");
        assert!(!run.take(&Context::from_waker(&first_waker)));
        run.waker().wake_by_ref();
        assert!(run.take(&Context::from_waker(&second_waker)));
        let waker = run.waker().clone();
        waker.wake_by_ref();
        run.waker().wake_by_ref();
        assert!(run.take(&Context::from_waker(&second_waker)));
        assert!(!run.take(&Context::from_waker(&second_waker)));
        assert_eq!((first.0.load(Ordering::Relaxed), second.0.load(Ordering::Relaxed)), (1, 2));
    }
}
