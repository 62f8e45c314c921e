//! A panic of a tool or a hook ends its call, and nothing else.

use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::task::Poll;

use crate::panic::words;
use crate::tool::{ToolError, ToolErrorKind};

/// What `future` gives, or the words of its panic.
pub(super) async fn contained<F: Future>(future: F) -> Result<F::Output, String> {
    let mut future = pin!(future);
    std::future::poll_fn(|context| {
        // What unwinds is not polled again; nothing of it is looked at.
        let polled = std::panic::catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context)));
        match polled {
            Ok(poll) => poll.map(Ok),
            Err(panic) => Poll::Ready(Err(words(&*panic))),
        }
    })
    .await
}

/// What the model reads of a panic. Its words are for the log: they may say what is nobody's business.
pub(super) fn panicked() -> ToolError {
    ToolError::new(ToolErrorKind::Panicked, "the tool has a fault: go on without it")
}
