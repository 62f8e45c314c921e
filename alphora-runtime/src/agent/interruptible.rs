//! Waiting that ends when the run is ended from outside.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use crate::stream::{Interruption, Output};

/// Waits for `future`, unless the run is interrupted first. The future is gone when this returns.
///
/// Nothing is registered here: an interruption wakes whoever reads the output, which is whoever polls the run.
pub(super) async fn unless_interrupted<T>(
    output: &Output,
    future: impl Future<Output = T>,
) -> Result<T, Interruption> {
    let mut future = pin!(future);
    poll_fn(|context| match output.interruption() {
        Some(why) => Poll::Ready(Err(why)),
        None => future.as_mut().poll(context).map(Ok),
    })
    .await
}
