//! A run while it is polled: within its span, and never with a panic.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use super::{Clock, Ending, Failure, Outcome};
use crate::panic::words;
use crate::stream::{FinishReason, Interruption, Output};
use crate::telemetry::{self, Ended, RunSpan};

/// A run that has begun or can begin. Polling it is running it; a panic inside is an outcome.
pub(crate) struct Run {
    // Dropped before the span ends, because what it holds may have spans below.
    turn: Pin<Box<dyn Future<Output = Outcome> + Send>>,
    /// Boxed: without anybody who subscribes to spans there is none.
    span: Option<Box<OpenSpan>>,
}

impl Run {
    /// The run that `turn` is, within `span`.
    pub(super) fn new(
        turn: impl Future<Output = Outcome> + Send + 'static,
        span: Option<Box<OpenSpan>>,
    ) -> Self {
        Self { turn: Box::pin(turn), span }
    }
}

impl Future for Run {
    type Output = Outcome;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Outcome> {
        let Self { turn, span } = &mut *self;
        let entered = span.as_ref().map(|open| open.span.enter());
        // What unwinds is dropped with the run; nothing of it is looked at again.
        let polled = catch_unwind(AssertUnwindSafe(|| turn.as_mut().poll(context)))
            .unwrap_or_else(|panic| Poll::Ready(Err(Failure::Panicked(words(&*panic)))));
        drop(entered);
        if let (Poll::Ready(outcome), Some(open)) = (&polled, span) {
            open.end(outcome);
        }
        polled
    }
}

/// The span of a run that is not over.
pub(super) struct OpenSpan {
    span: RunSpan,
    output: Output,
    over: bool,
}

impl OpenSpan {
    /// The span that `output` has been given, if it has been given one.
    pub(super) fn of(output: &Output) -> Option<Box<Self>> {
        if telemetry::is_off() {
            return None;
        }
        let span = output.span();
        (!span.is_none()).then(|| Box::new(Self { span, output: output.clone(), over: false }))
    }

    fn end(&mut self, outcome: &Outcome) {
        let timeout = FinishReason::Timeout;
        let reason = match outcome {
            Ok(Ending::Completed(reason)) => Some(reason),
            Ok(Ending::Expired(_)) => Some(&timeout),
            Err(_) => None,
        };
        self.note(ended(outcome), reason);
    }

    fn note(&mut self, ended: Ended, reason: Option<&FinishReason>) {
        self.over = true;
        self.output.end_span();
        self.span.end(ended, reason.map(FinishReason::as_str), self.output.usage());
    }
}

impl Drop for OpenSpan {
    fn drop(&mut self) {
        // A run is dropped when its client has left.
        if !self.over {
            self.note(ended(&Err(Failure::Interrupted(Interruption::Disconnected))), None);
        }
    }
}

/// How a run has ended, in a word.
fn ended(outcome: &Outcome) -> Ended {
    match outcome {
        Ok(Ending::Completed(_)) => Ended::Well,
        Ok(Ending::Expired(Clock::Total | Clock::FirstEvent | Clock::Idle)) => Ended::Failed("timeout"),
        Err(Failure::Agent(error)) => match error.public_error() {
            Some(public) if public.status < 500 => Ended::Stopped("refused"),
            _ => Ended::Failed("agent_error"),
        },
        Err(Failure::Panicked(_)) => Ended::Failed("panic"),
        Err(Failure::Session(_)) => Ended::Failed("session"),
        Err(Failure::Interrupted(why)) => match why {
            Interruption::Cancelled => Ended::Stopped("cancelled"),
            Interruption::Disconnected => Ended::Stopped("disconnected"),
            Interruption::Superseded { .. } => Ended::Stopped("superseded"),
            Interruption::SessionLost => Ended::Failed("session_lost"),
            Interruption::Shutdown => Ended::Failed("shutdown"),
        },
    }
}
