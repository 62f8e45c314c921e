//! What a reply owes to the run that it belongs to: signs of life, an end, and its tokens.

use std::pin::Pin;
use std::task::{Context, Poll};

use tokio_util::sync::WaitForCancellationFutureOwned;

use crate::stream::DataStreamer;
use crate::wire::Usage;

/// The run that a reply belongs to, for as long as its tokens are not told.
pub(super) struct Account {
    stream: DataStreamer,
    over: Pin<Box<WaitForCancellationFutureOwned>>,
    /// How many bytes of text the model was given.
    prompt: usize,
}

impl Account {
    pub(super) fn new(stream: DataStreamer, prompt: usize) -> Self {
        let over = Box::pin(stream.cancellation().cancelled_owned());
        Self { stream, over, prompt }
    }

    /// Ready when the run is over.
    pub(super) fn poll_over(&mut self, context: &mut Context<'_>) -> Poll<()> {
        self.over.as_mut().poll(context)
    }

    /// The model is not silent.
    pub(super) fn sign(&self) {
        self.stream.sign();
    }

    /// Adds the call's tokens to the run's.
    pub(super) fn settle(self, usage: Usage) {
        self.stream.settle_usage(usage);
    }

    /// Adds what a call took that was broken off after `answer` bytes, before its model has said how many tokens that
    /// were. Most model servers say so only at the end, so a limit would count nothing of who never waits for it.
    pub(super) fn estimate(self, answer: usize) {
        self.stream.estimate_usage(self.prompt, answer);
    }
}
