//! Another parser, which is to give the same events. The fuzz target compiles this file too.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use sse_stream::SseByteStream;
use tokio_stream::Stream;

/// What the other parser says. It differs in what it leaves to its callers: it gives blocks without data, it gives
/// empty names, and it refuses what is no UTF-8 instead of replacing it, which is why it is handed decoded text.
pub(super) fn oracle(body: &[u8]) -> Vec<(Option<String>, String)> {
    let text = String::from_utf8_lossy(body).into_owned();
    let mut stream = pin!(SseByteStream::new(tokio_stream::iter([Ok::<_, std::io::Error>(text.as_bytes())])));
    let mut context = Context::from_waker(Waker::noop());
    let mut events = Vec::new();
    while let Poll::Ready(Some(event)) = stream.as_mut().poll_next(&mut context) {
        let event = event.expect("decoded text is UTF-8");
        if let Some(data) = event.data {
            events.push((event.event.filter(|name| !name.is_empty()), data));
        }
    }
    events
}
