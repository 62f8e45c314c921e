//! The stored form: `{"version":1,"messages":[..]}`.

use serde::de::Error as _;
use serde::ser::SerializeStruct;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::MemoryManager;
use super::blocks::Blocks;
use crate::session::Memory;
use crate::wire::Message;

/// The form without messages, and without what stands between them.
const EMPTY: &str = r#"{"version":1,"messages":[]}"#;

/// How long the stored form is.
pub(super) fn bytes(messages: &Blocks) -> usize {
    let commas = messages.len().saturating_sub(1);
    messages.bytes().saturating_add(commas + EMPTY.len())
}

impl Serialize for MemoryManager {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut form = serializer.serialize_struct("MemoryManager", 2)?;
        form.serialize_field("version", &Self::VERSION)?;
        form.serialize_field("messages", &Sequence(&self.messages))?;
        form.end()
    }
}

struct Sequence<'a>(&'a Blocks);

impl Serialize for Sequence<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter())
    }
}

#[derive(Deserialize)]
struct Form {
    version: u32,
    messages: Vec<Message>,
}

/// From JSON only, as a [`Message`].
impl<'de> Deserialize<'de> for MemoryManager {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Form { version, messages } = Form::deserialize(deserializer)?;
        if version != Self::VERSION {
            return Err(D::Error::custom(format_args!(
                "this memory was stored in version {version}, and this alphora reads version {}",
                Self::VERSION
            )));
        }
        Ok(messages.into_iter().collect())
    }
}
