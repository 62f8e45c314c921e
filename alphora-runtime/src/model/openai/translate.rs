//! What a server sends, as the events of a model.

use std::collections::VecDeque;

use serde_json::value::RawValue;

use super::chunk::{ChatChunk, Choice};
use super::failure;
use super::tool_calls::CallNumbers;
use crate::hidden::json_problem;
use crate::model::think::{Piece, ThinkSplitter, ThinkTags};
use crate::model::{ModelError, ModelErrorKind, ModelEvent};
use crate::secret::Redaction;
use crate::stream::FinishReason;
use crate::telemetry::ChatSpan;
use crate::wire::Usage;

/// The data of the event that ends a stream.
const DONE: &str = "[DONE]";

/// Translates one answer.
pub(super) struct Translator {
    /// What was said and not yet taken.
    pub(super) events: VecDeque<ModelEvent>,
    /// `None` once the answer has ended.
    think: Option<ThinkSplitter>,
    calls: CallNumbers,
    stage: Stage,
    redaction: Redaction,
}

/// How far an answer has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    /// Nothing has come that belongs to an answer.
    Silent,
    /// A choice has come.
    Begun,
    /// Something was said.
    Said,
    /// The end was announced; the tokens may still come.
    Finished,
    /// The last event has come.
    Done,
}

impl Translator {
    /// What an error repeats of the answer, it repeats without the secrets of `redaction`.
    pub(super) fn new(think_tags: ThinkTags, redaction: Redaction) -> Self {
        Self {
            events: VecDeque::new(),
            think: Some(ThinkSplitter::new(think_tags)),
            calls: CallNumbers::default(),
            stage: Stage::Silent,
            redaction,
        }
    }

    pub(super) fn stage(&self) -> Stage {
        self.stage
    }

    /// One event of the stream.
    pub(super) fn event(&mut self, data: &str) -> Result<(), ModelError> {
        if data.trim() == DONE {
            self.done()
        } else if self.stage == Stage::Done || data.trim().is_empty() {
            Ok(())
        } else {
            let chunk = serde_json::from_str(data)
                .map_err(|error| Self::unreadable("an event of the answer", data, &error))?;
            self.chunk(chunk, data)
        }
    }

    /// An answer that came as a whole. Its JSON is complete, so the answer is.
    pub(super) fn whole(&mut self, body: &str) -> Result<(), ModelError> {
        let chunk = serde_json::from_str(body).map_err(|error| {
            if error.is_eof() {
                ModelError::new(ModelErrorKind::Interrupted, "the answer broke off in the middle of its JSON")
            } else {
                Self::unreadable("the answer", body, &error)
            }
        })?;
        self.chunk(chunk, body)?;
        self.done()
    }

    /// The server has said that nothing more will come. Some say only this, and give no reason for the end.
    fn done(&mut self) -> Result<(), ModelError> {
        if self.stage == Stage::Silent {
            return Err(ModelError::new(ModelErrorKind::InvalidResponse, "the answer has no choices"));
        }
        if self.stage < Stage::Finished {
            let reason = if self.calls.is_empty() { FinishReason::Stop } else { FinishReason::ToolCalls };
            self.finish(reason);
        }
        self.stage = Stage::Done;
        Ok(())
    }

    fn chunk(&mut self, chunk: ChatChunk<'_>, text: &str) -> Result<(), ModelError> {
        if chunk.error.is_some_and(|error| error.get() != "null") || chunk.object.0 == "error" {
            return Err(failure::told(text, &self.redaction));
        }
        if self.stage == Stage::Silent
            && let Some(span) = ChatSpan::current()
        {
            let read = |sent: Option<&RawValue>| serde_json::from_str::<String>(sent?.get()).ok();
            let clean = |sent| read(sent).map(|sent| self.redaction.apply(&sent).into_owned());
            span.answered(clean(chunk.id).as_deref(), clean(chunk.model).as_deref());
        }
        if self.stage < Stage::Finished
            && let Some(choice) = chunk.choices.into_iter().flatten().find(Choice::is_first)
        {
            self.stage = self.stage.max(Stage::Begun);
            self.choice(choice)?;
        }
        let usage = chunk.usage.or_else(|| chunk.x_groq.and_then(|vendor| vendor.usage));
        if let Some(usage) = usage {
            self.usage(usage.into());
        }
        Ok(())
    }

    /// Servers count up to the last tokens. Of several counts that nobody has taken yet only the last is kept, so that
    /// a server cannot fill the memory with them before it says anything.
    fn usage(&mut self, usage: Usage) {
        match self.events.back_mut() {
            Some(ModelEvent::Usage(before)) => *before = usage,
            _ => self.events.push_back(ModelEvent::Usage(usage)),
        }
    }

    fn choice(&mut self, mut choice: Choice<'_>) -> Result<(), ModelError> {
        let delta = choice.said();
        // Servers that send both fields say the same in both.
        if let Some(thinking) = delta.reasoning_content.some().or_else(|| delta.reasoning.some()) {
            self.say(ModelEvent::Thinking(thinking));
        }
        for text in [delta.content.some(), delta.refusal.some()].into_iter().flatten() {
            self.text(&text);
        }
        for piece in delta.tool_calls.into_iter().flatten() {
            let delta = self.calls.piece(piece)?;
            self.say(ModelEvent::ToolCall(delta));
        }
        if let Some(function) = delta.function_call {
            let delta = self.calls.legacy(function)?;
            self.say(ModelEvent::ToolCall(delta));
        }
        match &*choice.finish_reason.0 {
            "" => {}
            // What an older API calls a tool call was translated to one.
            "function_call" => self.finish(FinishReason::ToolCalls),
            "error" => {
                let message = "the model's server ended the answer with an error";
                return Err(ModelError::new(ModelErrorKind::Server, message));
            }
            reason => self.finish(FinishReason::from(reason)),
        }
        Ok(())
    }

    /// What is no JSON is no answer. The error has no source, which would show what the server has sent.
    fn unreadable(what: &str, text: &str, error: &serde_json::Error) -> ModelError {
        // Neither what was sent nor serde's words, which repeat it: it may be an answer.
        let message = format!("{what}, of {} bytes, is no completion: {}", text.len(), json_problem(error));
        ModelError::new(ModelErrorKind::InvalidResponse, message)
    }

    fn text(&mut self, text: &str) {
        let Self { think: Some(think), events, stage, .. } = self else { return };
        think.push(text, &mut |piece| {
            *stage = (*stage).max(Stage::Said);
            events.push_back(event_of(piece));
        });
    }

    fn say(&mut self, event: ModelEvent) {
        self.stage = self.stage.max(Stage::Said);
        self.events.push_back(event);
    }

    fn finish(&mut self, reason: FinishReason) {
        if let Some(think) = self.think.take() {
            think.finish(&mut |piece| self.events.push_back(event_of(piece)));
        }
        self.events.push_back(ModelEvent::Finish(reason));
        self.stage = Stage::Finished;
    }
}

fn event_of(piece: Piece<'_>) -> ModelEvent {
    match piece {
        Piece::Text(text) => ModelEvent::Text(text.to_owned()),
        Piece::Thinking(thinking) => ModelEvent::Thinking(thinking.to_owned()),
    }
}
