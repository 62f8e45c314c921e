//! A lock that a model checker schedules, and that notes who had it when.

use std::cell::RefCell;
use std::ops::{Deref, DerefMut};
use std::sync::{LockResult, PoisonError};

use shuttle::current::{TaskId, me};
use shuttle::sync::atomic::{AtomicBool, Ordering};
use tokio::time::Instant;

/// The checker's lock, with one more place where another task may go on: after it is free again, before its owner
/// does what it has left for then.
#[derive(Debug, Default)]
pub(crate) struct Mutex<T> {
    inner: shuttle::sync::Mutex<T>,
    after: AtomicBool,
}

pub(crate) struct MutexGuard<'a, T> {
    inner: Option<shuttle::sync::MutexGuard<'a, T>>,
    after: &'a AtomicBool,
}

/// One hold of a lock.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(not(test), expect(dead_code, reason = "only tests ask who had a lock"))]
pub(crate) struct Section {
    /// Its place among all holds of all locks.
    pub(crate) order: u64,
    /// When it was asked for.
    pub(crate) asked: Instant,
}

thread_local! {
    /// The holds that nobody has asked for yet, and how many there were. All tasks of the checker are on one thread.
    static SECTIONS: RefCell<(Vec<(TaskId, Section)>, u64)> = const { RefCell::new((Vec::new(), 0)) };
}

/// The holds of the task that asks, since it asked last.
#[cfg(test)]
pub(crate) fn sections() -> Vec<Section> {
    let task = me();
    SECTIONS.with_borrow_mut(|(sections, _)| {
        sections.extract_if(.., |(holder, _)| *holder == task).map(|(_, section)| section).collect()
    })
}

/// Forgets what earlier schedules have left.
#[cfg(test)]
pub(crate) fn forget_sections() {
    SECTIONS.with_borrow_mut(|(sections, _)| sections.clear());
}

impl<T> Mutex<T> {
    pub(crate) fn new(value: T) -> Self {
        Self { inner: shuttle::sync::Mutex::new(value), after: AtomicBool::new(false) }
    }

    pub(crate) fn lock(&self) -> LockResult<MutexGuard<'_, T>> {
        let asked = Instant::now();
        let locked = self.inner.lock();
        SECTIONS.with_borrow_mut(|(sections, count)| {
            *count += 1;
            sections.push((me(), Section { order: *count, asked }));
        });
        let guard = |inner| MutexGuard { inner: Some(inner), after: &self.after };
        locked.map(guard).map_err(|poisoned| PoisonError::new(guard(poisoned.into_inner())))
    }
}

impl<T> Drop for MutexGuard<'_, T> {
    fn drop(&mut self) {
        self.inner = None;
        if !std::thread::panicking() {
            // The checker may go on with another task wherever an atomic is read.
            self.after.load(Ordering::SeqCst);
        }
    }
}

impl<T> Deref for MutexGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        match &self.inner {
            Some(inner) => inner,
            None => unreachable!("a guard is not used after its drop"),
        }
    }
}

impl<T> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        match &mut self.inner {
            Some(inner) => inner,
            None => unreachable!("a guard is not used after its drop"),
        }
    }
}
