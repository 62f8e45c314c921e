//! A handle of a user's memory that contains the panic of its `Drop`.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crate::session::Memory;

/// A memory of a type that only the lease knows.
pub(super) type AnyMemory = Kept<dyn Any + Send + Sync>;

/// A handle of a memory, if there is one.
///
/// Whoever lets the last handle go runs the user's `Drop`: a turn that has just been committed, a request that
/// happened to evict the session, a sweep over many sessions. None of them may fail by it, and a panic while
/// another one unwinds would end the process.
#[derive(Debug)]
pub(super) struct Kept<T: ?Sized>(Option<Arc<T>>);

impl<T: ?Sized> Kept<T> {
    pub(super) fn nothing() -> Self {
        Self(None)
    }

    pub(super) fn of(value: T) -> Self
    where
        T: Sized,
    {
        Self(Some(Arc::new(value)))
    }

    pub(super) fn get(&self) -> Option<&T> {
        self.0.as_deref()
    }
}

impl AnyMemory {
    pub(super) fn new(memory: impl Memory) -> Self {
        Self(Some(Arc::new(memory)))
    }

    /// The same memory by its type, or none if that is another one.
    pub(super) fn downcast<M: Memory>(mut self) -> Option<Kept<M>> {
        match self.0.take().map(Arc::downcast::<M>) {
            None => Some(Kept::nothing()),
            Some(Ok(memory)) => Some(Kept(Some(memory))),
            Some(Err(other)) => {
                self.0 = Some(other);
                None
            }
        }
    }
}

impl<T: ?Sized> Clone for Kept<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T: ?Sized> Drop for Kept<T> {
    fn drop(&mut self) {
        let Some(memory) = self.0.take() else { return };
        if catch_unwind(AssertUnwindSafe(|| drop(memory))).is_err() {
            tracing::error!(
                "the memory of a session panicked when it was dropped; the session is not affected"
            );
        }
    }
}
