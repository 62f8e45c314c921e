//! Who said a message.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Who said a message. Any word is a role; those of OpenAI have names.
///
/// ```
/// use alphora_runtime::wire::Role;
///
/// assert_eq!(Role::from("user"), Role::User);
/// assert_eq!(Role::from("narrator").as_str(), "narrator");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Role {
    /// `system`: instructions.
    System,
    /// `developer`: instructions, in newer clients.
    Developer,
    /// `user`: the person.
    User,
    /// `assistant`: the agent or the model.
    Assistant,
    /// `tool`: the result of a tool call.
    Tool,
    /// `function`: the same in older clients.
    Function,
    /// Any other word. Made by `Role::from`, which never puts one of the words above here.
    Other(String),
}

impl Role {
    /// The word on the wire.
    pub fn as_str(&self) -> &str {
        match self {
            Self::System => "system",
            Self::Developer => "developer",
            Self::User => "user",
            Self::Assistant => "assistant",
            Self::Tool => "tool",
            Self::Function => "function",
            Self::Other(word) => word,
        }
    }

    fn known(word: &str) -> Option<Self> {
        Some(match word {
            "system" => Self::System,
            "developer" => Self::Developer,
            "user" => Self::User,
            "assistant" => Self::Assistant,
            "tool" => Self::Tool,
            "function" => Self::Function,
            _ => return None,
        })
    }
}

impl From<&str> for Role {
    fn from(word: &str) -> Self {
        Self::known(word).unwrap_or_else(|| Self::Other(word.to_owned()))
    }
}

impl From<String> for Role {
    fn from(word: String) -> Self {
        Self::known(&word).unwrap_or(Self::Other(word))
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Role {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Role {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}
