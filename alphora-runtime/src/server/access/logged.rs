//! A body that counts what is taken of it.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

use super::AccessLine;

/// A body with the line of its request. The body comes first: what it drops may tell the line how its run has ended.
pub(in crate::server) struct LoggedBody<B> {
    body: B,
    line: AccessLine,
}

impl<B: Body<Data = Bytes> + Unpin> LoggedBody<B> {
    pub(in crate::server) fn new(body: B, mut line: AccessLine) -> Self {
        line.is_complete |= body.is_end_stream();
        Self { body, line }
    }
}

impl<B: Body<Data = Bytes> + Unpin> Body for LoggedBody<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        match &polled {
            Poll::Ready(Some(Ok(frame))) => {
                self.line.bytes += frame.data_ref().map_or(0, |data| data.len() as u64);
                // Whoever takes this does not always ask whether there is more.
                self.line.is_complete |= self.body.is_end_stream();
            }
            Poll::Ready(None) => self.line.is_complete = true,
            Poll::Ready(Some(Err(_))) | Poll::Pending => {}
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
