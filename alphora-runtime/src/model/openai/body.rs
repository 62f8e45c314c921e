//! The JSON of a request.

use std::borrow::Cow;

use serde::de::IgnoredAny;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::dialect::Dialect;
use crate::model::{ChatOptions, ChatRequest, ModelError, ModelErrorKind};
use crate::wire::Message;

/// The field that asks for the tokens of a streamed answer, which some servers refuse.
pub(super) const STREAM_OPTIONS: &str = "stream_options";

/// The field that bounds the length of an answer, and the one that takes its place at servers that refuse it.
pub(super) const MAX_TOKENS: &str = "max_tokens";
pub(super) const MAX_COMPLETION_TOKENS: &str = "max_completion_tokens";

/// The body of a request of `model`, in `dialect`.
pub(super) fn body_of(request: &ChatRequest, model: &str, dialect: Dialect) -> Result<Vec<u8>, ModelError> {
    serde_json::to_vec(&Body { request, model, dialect }).map_err(|error| {
        let message = format!("the request cannot be written as JSON: {error}");
        ModelError::new(ModelErrorKind::InvalidRequest, message).with_source(error)
    })
}

struct Body<'a> {
    request: &'a ChatRequest,
    model: &'a str,
    dialect: Dialect,
}

impl Serialize for Body<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let ChatRequest { messages, tools, options } = self.request;
        let mut map = Fields { map: serializer.serialize_map(None)?, options };
        map.field("model", Some(self.model))?;
        map.field("messages", Some(Messages(messages)))?;
        map.field("stream", Some(true))?;
        let usage = self.dialect.usage.then_some(StreamOptions { include_usage: true });
        map.field(STREAM_OPTIONS, usage)?;
        let has_tools = !tools.is_empty() || options.extra.contains_key("tools");
        map.field("tools", (!tools.is_empty()).then_some(tools))?;
        // They speak of tools: OpenAI refuses them where there are none, which a client's defaults cannot know.
        map.field("tool_choice", options.tool_choice.as_ref().filter(|_| has_tools))?;
        map.field("parallel_tool_calls", options.parallel_tool_calls.filter(|_| has_tools))?;
        map.field("response_format", options.response_format.as_ref())?;
        map.field("temperature", options.temperature)?;
        map.field("top_p", options.top_p)?;
        // Of the two names of one bound the caller's own wins, so that no server gets both.
        let is_bounded =
            [MAX_TOKENS, MAX_COMPLETION_TOKENS].iter().any(|name| options.extra.contains_key(*name));
        let name = if self.dialect.completion_tokens { MAX_COMPLETION_TOKENS } else { MAX_TOKENS };
        map.field(name, options.max_tokens.filter(|_| !is_bounded))?;
        map.field("stop", (!options.stop.is_empty()).then_some(&options.stop))?;
        map.field("seed", options.seed)?;
        map.field("presence_penalty", options.presence_penalty)?;
        map.field("frequency_penalty", options.frequency_penalty)?;
        map.field("reasoning_effort", options.reasoning_effort.as_ref())?;
        map.end()
    }
}

/// Messages whose calls have arguments that every server reads.
struct Messages<'a>(&'a [Message]);

impl Serialize for Messages<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(readable))
    }
}

/// A model may write arguments that are no JSON, and is told so. With the rest of the conversation they go back to
/// its server, some of which refuse the whole request for them: they are sent inside of an object.
fn readable(message: &Message) -> Cow<'_, Message> {
    if message.tool_calls.iter().all(|call| call.kind != "function" || is_object(&call.function.arguments)) {
        return Cow::Borrowed(message);
    }
    let mut message = message.clone();
    for call in message.tool_calls.iter_mut().filter(|call| call.kind == "function") {
        let arguments = &mut call.function.arguments;
        if arguments.trim().is_empty() {
            "{}".clone_into(arguments);
        } else if !is_object(arguments) {
            *arguments = json!({ "not_an_object": arguments }).to_string();
        }
    }
    Cow::Owned(message)
}

fn is_object(arguments: &str) -> bool {
    arguments.trim_start().starts_with('{') && serde_json::from_str::<IgnoredAny>(arguments).is_ok()
}

#[derive(Serialize)]
struct StreamOptions {
    include_usage: bool,
}

/// Writes each field once, the caller's own in the place of the one that it overrides.
struct Fields<'a, M> {
    map: M,
    options: &'a ChatOptions,
}

impl<M: SerializeMap> Fields<'_, M> {
    fn field(&mut self, name: &'static str, value: Option<impl Serialize>) -> Result<(), M::Error> {
        match value {
            Some(value) if !self.options.extra.contains_key(name) => self.map.serialize_entry(name, &value),
            _ => Ok(()),
        }
    }

    fn end(mut self) -> Result<M::Ok, M::Error> {
        for (name, value) in &self.options.extra {
            self.map.serialize_entry::<str, Value>(name, value)?;
        }
        self.map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{ResponseFormat, ToolCall, ToolChoice, ToolDefinition};

    fn text(request: &ChatRequest, usage: bool) -> String {
        written(request, Dialect { usage, completion_tokens: false })
    }

    fn written(request: &ChatRequest, dialect: Dialect) -> String {
        String::from_utf8(body_of(request, "m", dialect).unwrap()).unwrap()
    }

    #[test]
    fn what_was_not_said_is_not_sent() {
        let mut request = ChatRequest::new(vec![Message::user("hi")]);
        request.options.tool_choice = Some(ToolChoice::Required);
        request.options.parallel_tool_calls = Some(true);
        assert_eq!(
            text(&request, false),
            r#"{"model":"m","messages":[{"role":"user","content":"hi"}],"stream":true}"#
        );
        assert!(text(&request, true).ends_with(r#""stream":true,"stream_options":{"include_usage":true}}"#));
    }

    #[test]
    fn arguments_are_sent_as_an_object_whatever_a_model_has_written() {
        let calls = ["{\"a\":1}", "", "{bad", "[1]"].map(|arguments| ToolCall::new("c", "f", arguments));
        let request = ChatRequest::new(vec![Message::assistant_calls(calls.into())]);
        let sent: Value = serde_json::from_str(&text(&request, false)).unwrap();
        let calls = sent["messages"][0]["tool_calls"].as_array().unwrap();
        let arguments: Vec<_> =
            calls.iter().map(|call| call["function"]["arguments"].as_str().unwrap()).collect();
        assert_eq!(
            arguments,
            [r#"{"a":1}"#, "{}", r#"{"not_an_object":"{bad"}"#, r#"{"not_an_object":"[1]"}"#]
        );
        assert_eq!(request.messages[0].tool_calls[2].function.arguments, "{bad", "only what is sent changes");
    }

    #[test]
    fn everything_that_was_said_is_sent() {
        let mut request = ChatRequest::new(vec![]);
        request.tools.push(ToolDefinition::new("f"));
        request.options = ChatOptions {
            temperature: Some(0.5),
            top_p: Some(0.25),
            max_tokens: Some(7),
            stop: vec!["x".to_owned()],
            seed: Some(-1),
            presence_penalty: Some(1.0),
            frequency_penalty: Some(-1.0),
            reasoning_effort: Some("low".to_owned()),
            tool_choice: Some(ToolChoice::function("f")),
            parallel_tool_calls: Some(false),
            response_format: Some(ResponseFormat::JsonObject),
            extra: serde_json::Map::new(),
        };
        let sent: Value = serde_json::from_str(&text(&request, false)).unwrap();
        assert_eq!(
            sent,
            json!({
                "model": "m", "messages": [], "stream": true,
                "tools": [{ "type": "function", "function": { "name": "f" } }],
                "tool_choice": { "type": "function", "function": { "name": "f" } },
                "parallel_tool_calls": false, "response_format": { "type": "json_object" },
                "temperature": 0.5, "top_p": 0.25, "max_tokens": 7, "stop": ["x"], "seed": -1,
                "presence_penalty": 1.0, "frequency_penalty": -1.0, "reasoning_effort": "low",
            })
        );
    }

    #[test]
    fn a_bound_has_one_name() {
        let dialect = Dialect { usage: false, completion_tokens: true };
        let mut request = ChatRequest::new(vec![]);
        request.options.max_tokens = Some(7);
        let bounded = r#"{"model":"m","messages":[],"stream":true,"max_completion_tokens":7}"#;
        assert_eq!(written(&request, dialect), bounded);
        request.options.extra.insert(MAX_COMPLETION_TOKENS.to_owned(), json!(7));
        assert_eq!((&*written(&request, dialect), &*text(&request, false)), (bounded, bounded));
    }

    #[test]
    fn fields_of_the_callers_own_win_and_stand_once() {
        let mut request = ChatRequest::new(vec![]);
        request.options.max_tokens = Some(1);
        let extra = json!({ "max_tokens": null, "model": "other", "stream_options": {}, "top_k": 3 });
        request.options.extra = extra.as_object().unwrap().clone();
        assert_eq!(
            text(&request, true),
            r#"{"messages":[],"stream":true,"max_tokens":null,"model":"other","stream_options":{},"top_k":3}"#
        );
    }
}
