//! Streams whose chunks come as fast as the server can send them.

use std::io;
use std::sync::Arc;

use super::connection::Connection;
use super::request::request;
use super::window::{Window, Workers};
use super::{Span, Target};

/// `connections` clients, each of which asks for a stream of `chunks` chunks once its last one has ended.
pub(crate) async fn stream(
    target: Target,
    connections: usize,
    chunks: usize,
    span: Span,
) -> io::Result<Window> {
    let request: Arc<[u8]> = request(&format!("count:{chunks}"), true).into();
    let mut workers = Workers::new();
    for _ in 0..connections {
        let mut connection = Connection::open(target.address, &workers.buffer).await?;
        let (request, tally) = (request.clone(), workers.tally.clone());
        workers.add(async move {
            loop {
                let mut begun = false;
                let read = |events| {
                    if events > 0 && !begun {
                        begun = true;
                        tally.first_event();
                    }
                    tally.events(events);
                };
                connection.exchange(&request, read).await?;
                tally.response();
                if connection.response.events() < chunks {
                    return Err(io::Error::other("a stream ended before its last chunk"));
                }
            }
        });
    }
    workers.work(span.warm_up).await?;
    let window = workers.measure(target.process, span.window).await?;
    workers.end().await;
    Ok(window)
}
