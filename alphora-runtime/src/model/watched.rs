//! A call of a model that somebody watches: whoever subscribes to spans, or counts what runs call.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_core::Stream;
use tokio::time::Instant;

use super::chat_model::{AnyModel, BoxFuture};
use super::{ChatRequest, ModelError, ModelEvent, ModelStream};
use crate::stream::{DataStreamer, FinishReason, ModelCall, Observe};
use crate::telemetry::{ChatDetails, ChatSpan, Ended, RunSpan};
use crate::wire::Usage;

/// Asks `model` for `run`. What stands for other models is no call of its own: each of those that it asks is one.
pub(super) fn ask<'a>(
    model: &'a dyn AnyModel,
    request: &'a ChatRequest,
    run: Option<&'a DataStreamer>,
) -> BoxFuture<'a, Result<ModelStream, ModelError>> {
    if let Some(group) = model.group() {
        return Box::pin(group.ask(request, run));
    }
    if let Some(model) = model.free_choice() {
        return Box::pin(model.ask(request, run));
    }
    match Watch::begin(model, request, run) {
        Some(watch) => Box::pin(watched(model, request, watch)),
        None => model.chat(request),
    }
}

async fn watched(
    model: &dyn AnyModel,
    request: &ChatRequest,
    mut watch: Watch,
) -> Result<ModelStream, ModelError> {
    let mut answer = model.chat(request);
    let answered = std::future::poll_fn(|context| {
        let _entered = watch.span.enter();
        answer.as_mut().poll(context)
    })
    .await;
    match answered {
        Ok(events) => Ok(ModelStream::new(Watched { events, watch })),
        Err(error) => {
            watch.failed(&error);
            Err(error)
        }
    }
}

/// What is noted of a call, until it is over.
struct Watch {
    span: ChatSpan,
    observer: Option<Arc<dyn Observe>>,
    begun: Instant,
    first_chunk: Option<std::time::Duration>,
    usage: Usage,
    reason: Option<FinishReason>,
    failed: Option<&'static str>,
}

impl Watch {
    /// `None` where nobody watches.
    fn begin(model: &dyn AnyModel, request: &ChatRequest, run: Option<&DataStreamer>) -> Option<Self> {
        let options = &request.options;
        let span = ChatSpan::begin(
            &run.map_or(RunSpan::NONE, DataStreamer::span),
            &ChatDetails {
                model: model.name(),
                server: model.server(),
                temperature: options.temperature,
                top_p: options.top_p,
                max_tokens: options.max_tokens,
                seed: options.seed,
                presence_penalty: options.presence_penalty,
                frequency_penalty: options.frequency_penalty,
            },
        );
        let observer = run.and_then(DataStreamer::observer);
        (!span.is_none() || observer.is_some()).then(|| Self {
            span,
            observer,
            begun: Instant::now(),
            first_chunk: None,
            usage: Usage::default(),
            reason: None,
            failed: None,
        })
    }

    fn note(&mut self, event: &ModelEvent) {
        if self.first_chunk.is_none() {
            let after = self.begun.elapsed();
            self.first_chunk = Some(after);
            self.span.first_chunk(after);
        }
        match event {
            ModelEvent::Usage(usage) => self.usage = *usage,
            ModelEvent::Finish(reason) => self.reason = Some(reason.clone()),
            ModelEvent::Text(_) | ModelEvent::Thinking(_) | ModelEvent::ToolCall(_) => {}
        }
    }

    fn failed(&mut self, error: &ModelError) {
        self.failed = Some(error.kind().as_str());
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let ended = match self.failed {
            Some(kind) => Ended::Failed(kind),
            None if self.reason.is_some() => Ended::Well,
            // Whoever has asked wants no more of it: the run is over, or its agent has heard enough.
            None => Ended::Stopped("cancelled"),
        };
        self.span.end(ended, self.reason.as_ref().map(FinishReason::as_str), self.usage);
        if let Some(observer) = &self.observer {
            observer.model_called(&ModelCall {
                first_chunk: self.first_chunk,
                duration: self.begun.elapsed(),
                outcome: ended.as_str(),
            });
        }
    }
}

/// What a model answers, seen by its watch. Dropping it is the end of the call.
struct Watched {
    // Dropped before its watch, so that what it does then is a part of the call.
    events: ModelStream,
    watch: Watch,
}

impl Stream for Watched {
    type Item = Result<ModelEvent, ModelError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Self { events, watch } = &mut *self;
        let polled = {
            let _entered = watch.span.enter();
            Pin::new(events).poll_next(context)
        };
        match &polled {
            Poll::Ready(Some(Ok(event))) => watch.note(event),
            Poll::Ready(Some(Err(error))) => watch.failed(error),
            // An answer without an announced end is none.
            Poll::Ready(None) if watch.reason.is_none() => {
                watch.failed.get_or_insert(super::ModelErrorKind::Interrupted.as_str());
            }
            Poll::Ready(None) | Poll::Pending => {}
        }
        polled
    }
}
