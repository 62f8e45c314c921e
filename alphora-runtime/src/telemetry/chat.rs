//! The span of a call of a model.

use std::time::Duration;

use tracing::Span;
use tracing::field::Empty;
use tracing::span::Entered;

use super::conventions as names;
use super::ending::{self, Ended, number};
use super::run::RunSpan;
use crate::wire::Usage;

/// What is known of a call of a model when it begins.
#[derive(Debug, Default)]
pub(crate) struct ChatDetails<'a> {
    pub(crate) model: &'a str,
    /// Host and port, if the model is behind a server.
    pub(crate) server: Option<(&'a str, u16)>,
    pub(crate) temperature: Option<f64>,
    pub(crate) top_p: Option<f64>,
    pub(crate) max_tokens: Option<u64>,
    pub(crate) seed: Option<i64>,
    pub(crate) presence_penalty: Option<f64>,
    pub(crate) frequency_penalty: Option<f64>,
}

/// The span of a call of a model, with all of its attempts, or of none.
#[derive(Debug)]
pub(crate) struct ChatSpan(Span);

impl ChatSpan {
    /// The span of a call that `run` makes; see [`parent`](ending::parent) for what it is a part of.
    pub(crate) fn begin(run: &RunSpan, chat: &ChatDetails<'_>) -> Self {
        let parent = ending::parent(run);
        let provider = if chat.server.is_some() { names::OPENAI } else { names::CUSTOM };
        // As the run's: what is logged within has to find its way up to the run.
        let span = tracing::error_span!(
            target: names::TARGET,
            parent: &parent,
            names::CHAT,
            { names::SPAN_NAME } = display(format_args!("{} {}", names::CHAT, chat.model)),
            { names::SPAN_KIND } = "client",
            { names::SPAN_STATUS } = Empty,
            { names::OPERATION_NAME } = names::CHAT,
            { names::PROVIDER_NAME } = provider,
            { names::CONVERSATION_ID } = run.conversation(),
            { names::REQUEST_MODEL } = chat.model,
            { names::REQUEST_STREAM } = true,
            { names::REQUEST_TEMPERATURE } = chat.temperature,
            { names::REQUEST_TOP_P } = chat.top_p,
            { names::REQUEST_MAX_TOKENS } = chat.max_tokens.map(number),
            { names::REQUEST_SEED } = chat.seed,
            { names::REQUEST_PRESENCE_PENALTY } = chat.presence_penalty,
            { names::REQUEST_FREQUENCY_PENALTY } = chat.frequency_penalty,
            { names::SERVER_ADDRESS } = chat.server.map(|(host, _)| host),
            { names::SERVER_PORT } = chat.server.map(|(_, port)| i64::from(port)),
            { names::RESPONSE_ID } = Empty,
            { names::RESPONSE_MODEL } = Empty,
            { names::RESPONSE_FINISH_REASONS } = Empty,
            { names::RESPONSE_TIME_TO_FIRST_CHUNK } = Empty,
            { names::USAGE_INPUT_TOKENS } = Empty,
            { names::USAGE_OUTPUT_TOKENS } = Empty,
            { names::OUTCOME } = Empty,
            { names::ERROR_TYPE } = Empty,
        );
        #[cfg(feature = "otel")]
        super::bridge::stay_in_trace(&span, run);
        Self(span)
    }

    pub(crate) fn is_none(&self) -> bool {
        self.0.is_disabled()
    }

    /// The call goes on, until the value is dropped.
    pub(crate) fn enter(&self) -> Entered<'_> {
        self.0.enter()
    }

    /// The model begins to answer.
    pub(crate) fn first_chunk(&self, after: Duration) {
        self.0.record(names::RESPONSE_TIME_TO_FIRST_CHUNK, after.as_secs_f64());
    }

    /// The call is over.
    pub(crate) fn end(&self, ended: Ended, reason: Option<&str>, usage: Usage) {
        ending::answer(&self.0, ended, reason, usage);
    }
}

/// What model servers say of themselves.
#[cfg(feature = "llm")]
impl ChatSpan {
    /// The longest text of a server's that is recorded, in bytes.
    const LONGEST: usize = 256;

    /// The span of the call that is being made.
    pub(crate) fn current() -> Option<Self> {
        let span = Span::current();
        let is_chat = |metadata: &tracing::Metadata<'_>| {
            (metadata.target(), metadata.name()) == (names::TARGET, names::CHAT)
        };
        span.metadata().is_some_and(is_chat).then_some(Self(span))
    }

    /// What the server calls its answer, and the model that has made it.
    pub(crate) fn answered(&self, id: Option<&str>, model: Option<&str>) {
        for (name, value) in [(names::RESPONSE_ID, id), (names::RESPONSE_MODEL, model)] {
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                self.0.record(name, &value[..value.floor_char_boundary(Self::LONGEST)]);
            }
        }
    }
}
