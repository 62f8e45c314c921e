//! The plain form of a body, read in one pass: messages that are texts, and whatever fields around them.
//!
//! Most requests have it. The reader of all forms (`body`) looks at each value twice, to know its path should it be
//! wrong. What this one does not take, right or wrong, is left to that one, so that there is one place for errors.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::OpenAIRequest;
use crate::wire::Message;
use crate::wire::object::Key;
use crate::wire::reader::MAX_MESSAGES;

/// The most fields that a plain body has.
const MOST_FIELDS: usize = 32;

impl OpenAIRequest {
    /// The request that `text` is, if it is plain and without a mistake.
    pub(super) fn read_plain(text: &str) -> Option<Self> {
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let Plain(request) = Plain::deserialize(&mut deserializer).ok()?;
        deserializer.end().ok()?;
        Some(request)
    }
}

/// What ends the pass. Nobody reads it.
fn not_plain<E: Error>() -> E {
    E::custom("")
}

struct Plain(OpenAIRequest);

impl<'a> Deserialize<'a> for Plain {
    fn deserialize<D: Deserializer<'a>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(BodyVisitor)
    }
}

struct BodyVisitor;

impl<'a> Visitor<'a> for BodyVisitor {
    type Value = Plain;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<M: MapAccess<'a>>(self, mut map: M) -> Result<Plain, M::Error> {
        let mut request = OpenAIRequest::default();
        let (mut seen, mut fields) = ([false; 5], 0);
        let mut once =
            |field: usize| if std::mem::replace(&mut seen[field], true) { Err(not_plain()) } else { Ok(()) };
        while let Some(Key(name)) = map.next_key()? {
            fields += 1;
            if fields > MOST_FIELDS {
                return Err(not_plain());
            }
            match &*name {
                "messages" => {
                    once(0)?;
                    let Messages(messages) = map.next_value()?;
                    request.messages = messages;
                }
                "model" => {
                    once(1)?;
                    request.model = map.next_value()?;
                }
                "stream" => {
                    once(2)?;
                    request.stream_given = map.next_value()?;
                    request.stream = request.stream_given.unwrap_or(true);
                }
                "session_id" => {
                    once(3)?;
                    request.session_id = map.next_value::<Option<String>>()?.filter(|id| !id.is_empty());
                }
                "user" => {
                    once(4)?;
                    request.user = map.next_value()?;
                }
                // These two are checked with the body.
                "n" | "stream_options" => return Err(not_plain()),
                _ => request.fields.push(name.into(), map.next_value::<&RawValue>()?.to_owned()),
            }
        }
        Ok(Plain(request))
    }
}

struct Messages(Vec<Message>);

impl<'a> Deserialize<'a> for Messages {
    fn deserialize<D: Deserializer<'a>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(MessagesVisitor)
    }
}

struct MessagesVisitor;

impl<'a> Visitor<'a> for MessagesVisitor {
    type Value = Messages;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<S: SeqAccess<'a>>(self, mut seq: S) -> Result<Messages, S::Error> {
        let mut messages = Vec::new();
        while let Some(PlainMessage(message)) = seq.next_element()? {
            messages.push(message);
            if messages.len() > MAX_MESSAGES {
                return Err(not_plain());
            }
        }
        Ok(Messages(messages))
    }
}

struct PlainMessage(Message);

impl<'a> Deserialize<'a> for PlainMessage {
    fn deserialize<D: Deserializer<'a>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MessageVisitor)
    }
}

struct MessageVisitor;

impl<'a> Visitor<'a> for MessageVisitor {
    type Value = PlainMessage;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<M: MapAccess<'a>>(self, mut map: M) -> Result<PlainMessage, M::Error> {
        let (mut role, mut content, mut name) = (None, None, None);
        while let Some(Key(key)) = map.next_key::<Key<'a>>()? {
            // `next_value::<Key>` reads any string, borrowed where that is possible.
            match &*key {
                "role" if role.is_none() => role = Some(map.next_value::<Key<'a>>()?),
                "content" if content.is_none() => content = Some(map.next_value::<Key<'a>>()?),
                "name" if name.is_none() => name = Some(map.next_value::<String>()?),
                _ => return Err(not_plain()),
            }
        }
        let (Some(Key(role)), Some(Key(content))) = (role, content) else { return Err(not_plain()) };
        let message = Message::new(&*role, Cow::into_owned(content));
        Ok(PlainMessage(Message { name, ..message }))
    }
}
