//! The body of an answer: a run that goes on, what is kept of one, or bytes that are there.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

use super::resumable::FollowBody;
use super::run_body::RunBody;

/// The body of an answer.
pub(in crate::server) enum AnswerBody {
    /// A stream of events; boxed, because a connection has room for the larger variant all its life.
    Run(Box<RunBody>),
    /// What a run that is not this body's has sent and sends; boxed for the same reason.
    Follow(Box<FollowBody>),
    /// Bytes, empty once they were taken.
    Whole(Bytes),
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match self.get_mut() {
            Self::Run(body) => Pin::new(&mut **body).poll_frame(context),
            Self::Follow(body) => Pin::new(&mut **body).poll_frame(context),
            Self::Whole(bytes) if bytes.is_empty() => Poll::Ready(None),
            Self::Whole(bytes) => Poll::Ready(Some(Ok(Frame::data(std::mem::take(bytes))))),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Run(_) | Self::Follow(_) => false,
            Self::Whole(bytes) => bytes.is_empty(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Run(_) | Self::Follow(_) => SizeHint::default(),
            Self::Whole(bytes) => SizeHint::with_exact(bytes.len() as u64),
        }
    }
}
