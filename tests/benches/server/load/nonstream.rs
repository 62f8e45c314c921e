//! Non-streaming requests, one after the other on each connection.

use std::io;
use std::sync::Arc;

use super::connection::Connection;
use super::request::request;
use super::window::{Window, Workers};
use super::{Span, Target};

/// `connections` clients that ask again as soon as they have their answer.
pub(crate) async fn nonstream(target: Target, connections: usize, span: Span) -> io::Result<Window> {
    let request: Arc<[u8]> = request("good morning, how are you?", false).into();
    let mut workers = Workers::new();
    for _ in 0..connections {
        let mut connection = Connection::open(target.address, &workers.buffer).await?;
        let (request, tally) = (request.clone(), workers.tally.clone());
        workers.add(async move {
            loop {
                connection.exchange(&request, |_| ()).await?;
                tally.response();
            }
        });
    }
    workers.work(span.warm_up).await?;
    let window = workers.measure(target.process, span.window).await?;
    workers.end().await;
    Ok(window)
}
