//! The JSON of a request.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::model::{ChatOptions, ChatRequest, ModelError, ModelErrorKind};

/// The field that asks for the tokens of a streamed answer, which some servers refuse.
pub(super) const STREAM_OPTIONS: &str = "stream_options";

/// The body of a request of `model`; with `usage` it asks for the tokens that the answer takes.
pub(super) fn body_of(request: &ChatRequest, model: &str, usage: bool) -> Result<Vec<u8>, ModelError> {
    serde_json::to_vec(&Body { request, model, usage }).map_err(|error| {
        let message = format!("the request cannot be written as JSON: {error}");
        ModelError::new(ModelErrorKind::InvalidRequest, message).with_source(error)
    })
}

struct Body<'a> {
    request: &'a ChatRequest,
    model: &'a str,
    usage: bool,
}

impl Serialize for Body<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let ChatRequest { messages, tools, options } = self.request;
        let mut map = Fields { map: serializer.serialize_map(None)?, options };
        map.field("model", Some(self.model))?;
        map.field("messages", Some(messages))?;
        map.field("stream", Some(true))?;
        map.field(STREAM_OPTIONS, self.usage.then_some(StreamOptions { include_usage: true }))?;
        let has_tools = !tools.is_empty() || options.extra.contains_key("tools");
        map.field("tools", (!tools.is_empty()).then_some(tools))?;
        // They speak of tools: OpenAI refuses them where there are none, which a client's defaults cannot know.
        map.field("tool_choice", options.tool_choice.as_ref().filter(|_| has_tools))?;
        map.field("parallel_tool_calls", options.parallel_tool_calls.filter(|_| has_tools))?;
        map.field("response_format", options.response_format.as_ref())?;
        map.field("temperature", options.temperature)?;
        map.field("top_p", options.top_p)?;
        map.field("max_tokens", options.max_tokens)?;
        map.field("stop", (!options.stop.is_empty()).then_some(&options.stop))?;
        map.field("seed", options.seed)?;
        map.field("presence_penalty", options.presence_penalty)?;
        map.field("frequency_penalty", options.frequency_penalty)?;
        map.field("reasoning_effort", options.reasoning_effort.as_ref())?;
        map.end()
    }
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
    use serde_json::json;

    use super::*;
    use crate::wire::{Message, ResponseFormat, ToolChoice, ToolDefinition};

    fn text(request: &ChatRequest, usage: bool) -> String {
        String::from_utf8(body_of(request, "m", usage).unwrap()).unwrap()
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
