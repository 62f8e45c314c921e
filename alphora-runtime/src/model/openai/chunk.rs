//! What model servers send, read with patience: nothing that is missing, null or unknown is an error.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::model::{ModelError, ModelErrorKind};
use crate::wire::Usage;

/// One event of a streamed answer, or an answer that came as a whole.
#[derive(Debug, Deserialize)]
pub(super) struct ChatChunk<'a> {
    /// What the server calls its answer. Read by few, so that it is kept as it came.
    #[serde(borrow)]
    pub(super) id: Option<&'a RawValue>,
    /// The model that answers.
    #[serde(borrow)]
    pub(super) model: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) choices: Option<Vec<Choice<'a>>>,
    pub(super) usage: Option<SentUsage>,
    /// Groq's own place for the tokens of a streamed answer.
    pub(super) x_groq: Option<Vendor>,
    /// What went wrong, in the place of choices.
    #[serde(borrow)]
    pub(super) error: Option<&'a RawValue>,
    /// `error`, where an older vLLM has put the fields of an error into the event itself.
    #[serde(default)]
    pub(super) object: Words,
}

#[derive(Debug, Deserialize)]
pub(super) struct Choice<'a> {
    index: Option<i64>,
    /// A piece of the answer.
    #[serde(borrow)]
    delta: Option<Delta<'a>>,
    /// The answer itself, where it came as a whole.
    #[serde(borrow)]
    message: Option<Delta<'a>>,
    /// Empty or null until the last piece.
    #[serde(default)]
    pub(super) finish_reason: Words,
}

impl<'a> Choice<'a> {
    pub(super) fn is_first(&self) -> bool {
        self.index.is_none_or(|index| index == 0)
    }

    pub(super) fn said(&mut self) -> Delta<'a> {
        self.delta.take().or_else(|| self.message.take()).unwrap_or_default()
    }
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Delta<'a> {
    #[serde(default)]
    pub(super) content: Words,
    #[serde(default)]
    pub(super) refusal: Words,
    /// `DeepSeek`'s, llama.cpp's and `LiteLLM`'s field for reasoning.
    #[serde(default)]
    pub(super) reasoning_content: Words,
    /// vLLM's, Ollama's and `OpenRouter`'s. Some servers send both, with the same text.
    #[serde(default)]
    pub(super) reasoning: Words,
    #[serde(borrow)]
    pub(super) tool_calls: Option<Vec<CallPiece<'a>>>,
    /// What tool calls were before there were several.
    #[serde(borrow)]
    pub(super) function_call: Option<FunctionPiece<'a>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct CallPiece<'a> {
    pub(super) index: Option<i64>,
    #[serde(default)]
    pub(super) id: Words,
    #[serde(borrow)]
    pub(super) function: Option<FunctionPiece<'a>>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct FunctionPiece<'a> {
    #[serde(default)]
    pub(super) name: Words,
    /// A piece of JSON text in a string; from some servers the JSON itself.
    #[serde(borrow)]
    arguments: Option<&'a RawValue>,
}

impl FunctionPiece<'_> {
    /// The arguments' JSON text.
    pub(super) fn arguments(&self) -> Result<String, ModelError> {
        match self.arguments.map_or("null", RawValue::get) {
            "null" => Ok(String::new()),
            // Not every string that JSON can write is a text: half of a surrogate pair is none.
            text if text.starts_with('"') => serde_json::from_str(text).map_err(|error| {
                let message = format!("the arguments of a tool call are no text: {error}");
                ModelError::new(ModelErrorKind::InvalidResponse, message)
            }),
            json => Ok(json.to_owned()),
        }
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Vendor {
    pub(super) usage: Option<SentUsage>,
}

/// How many tokens an answer took. Every field may be missing or null.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(super) struct SentUsage {
    prompt_tokens: Option<u64>,
    completion_tokens: Option<u64>,
    total_tokens: Option<u64>,
    completion_tokens_details: Option<SentDetails>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
struct SentDetails {
    reasoning_tokens: Option<u64>,
}

impl From<SentUsage> for Usage {
    fn from(sent: SentUsage) -> Self {
        let (prompt, completion) =
            (sent.prompt_tokens.unwrap_or_default(), sent.completion_tokens.unwrap_or_default());
        let reasoning = sent.completion_tokens_details.and_then(|details| details.reasoning_tokens);
        let mut usage = Self::new(prompt, completion).with_reasoning_tokens(reasoning.unwrap_or_default());
        if let Some(total) = sent.total_tokens {
            usage.total_tokens = total;
        }
        usage
    }
}

/// A text: a string, or the text parts of a list. Anything else, `null` included, is no text and no error.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Words(pub(super) String);

impl Words {
    /// The text, unless there is none.
    pub(super) fn some(self) -> Option<String> {
        (!self.0.is_empty()).then_some(self.0)
    }
}

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(WordsVisitor)
    }
}

struct WordsVisitor;

impl<'de> Visitor<'de> for WordsVisitor {
    type Value = Words;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string or a list of text parts")
    }

    fn visit_str<E>(self, text: &str) -> Result<Words, E> {
        Ok(Words(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Words, E> {
        Ok(Words(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Words, A::Error> {
        let mut text = String::new();
        while let Some(Part(part)) = parts.next_element()? {
            text.push_str(&part);
        }
        Ok(Words(text))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Words, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Words::default())
    }

    fn visit_unit<E>(self) -> Result<Words, E> {
        Ok(Words::default())
    }

    fn visit_bool<E>(self, _: bool) -> Result<Words, E> {
        Ok(Words::default())
    }

    fn visit_i64<E>(self, _: i64) -> Result<Words, E> {
        Ok(Words::default())
    }

    fn visit_u64<E>(self, _: u64) -> Result<Words, E> {
        Ok(Words::default())
    }

    fn visit_f64<E>(self, _: f64) -> Result<Words, E> {
        Ok(Words::default())
    }
}

/// One entry of a list: a string, or the `text` of a part.
struct Part(String);

impl<'de> Deserialize<'de> for Part {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Sent {
            Text(String),
            Part { text: String },
            Other(IgnoredAny),
        }
        Ok(Self(match Sent::deserialize(deserializer)? {
            Sent::Text(text) | Sent::Part { text } => text,
            Sent::Other(_) => String::new(),
        }))
    }
}
