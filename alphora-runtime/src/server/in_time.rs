//! Work that has a limit, and that mostly has no need of one.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use tokio::time::sleep;

/// What `work` gives, unless it takes longer than `limit`.
///
/// What is there when it is asked for the first or the second time costs no timer: most authentications answer at once,
/// and a body that came with its head is there at the second time, because hyper has read it by then.
pub(super) async fn in_time<T>(limit: Duration, mut work: Pin<&mut impl Future<Output = T>>) -> Option<T> {
    let mut asked = false;
    let mut timer = None;
    poll_fn(|context| {
        if let Poll::Ready(given) = work.as_mut().poll(context) {
            return Poll::Ready(Some(given));
        }
        if !std::mem::replace(&mut asked, true) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        timer.get_or_insert_with(|| Box::pin(sleep(limit))).as_mut().poll(context).map(|()| None)
    })
    .await
}
