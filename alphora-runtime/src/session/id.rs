//! The name of a session, checked once.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use crate::error::{Error, ErrorKind};

/// The longest session id, in characters.
const LONGEST: usize = 128;

/// How long a generated id is: 128 bits as hexadecimal digits.
const GENERATED: usize = 32;

/// The name of a session: 1 to 128 characters of `A-Z a-z 0-9 . _ : ~ -`.
///
/// ```
/// use alphora_runtime::session::SessionId;
///
/// assert_eq!(SessionId::parse("user-001")?.as_str(), "user-001");
/// assert!(SessionId::parse("../../etc/passwd").is_err());
/// assert!(SessionId::generate()?.is_generated_form());
/// # Ok::<(), alphora_runtime::Error>(())
/// ```
///
/// What passed the check can stand in a header, a log line, a path or a key as it is. A clone costs a count.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId(Arc<str>);

impl SessionId {
    /// The id that a client sent, if it is one.
    ///
    /// # Errors
    /// It is empty, longer than 128 characters, or has a character that ids do not have.
    pub fn parse(id: &str) -> Result<Self, InvalidSessionId> {
        let problem = if id.is_empty() {
            Problem::Empty
        } else if id.len() > LONGEST {
            Problem::TooLong { bytes: id.len() }
        } else if let Some((at, character)) = id.char_indices().find(|(_, character)| !is_allowed(*character))
        {
            Problem::Character { character, at }
        } else {
            return Ok(Self(id.into()));
        };
        Err(InvalidSessionId { problem })
    }

    /// A new id that nobody can guess: 128 random bits as 32 lower-case hexadecimal digits.
    ///
    /// # Errors
    /// The operating system has no randomness to give.
    pub fn generate() -> Result<Self, Error> {
        match crate::random::Identifier::new("") {
            Ok(id) => Ok(Self(id.as_str().into())),
            Err(error) => Err(Error::new(
                ErrorKind::Session,
                format!(
                    "no session id could be generated, because the operating system has no randomness: {error}"
                ),
            )),
        }
    }

    /// Whether this id looks like one of [`generate`](Self::generate), which a client cannot have made up.
    ///
    /// A client can write such an id by itself, but not hit another client's by guessing.
    pub fn is_generated_form(&self) -> bool {
        self.0.len() == GENERATED && self.0.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_allowed(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '.' | '_' | ':' | '~' | '-')
}

/// Why a text is no [`SessionId`].
///
/// Its words repeat at most one character of the text, escaped, so that it may be logged and sent back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{problem}: an id has 1 to {LONGEST} characters of `A-Z a-z 0-9 . _ : ~ -`")]
pub struct InvalidSessionId {
    problem: Problem,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Problem {
    Empty,
    TooLong { bytes: usize },
    Character { character: char, at: usize },
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the session id is empty"),
            Self::TooLong { bytes } => write!(f, "the session id is {bytes} bytes long"),
            Self::Character { character, at } => write!(f, "the session id has {character:?} at byte {at}"),
        }
    }
}

impl FromStr for SessionId {
    type Err = InvalidSessionId;

    fn from_str(id: &str) -> Result<Self, InvalidSessionId> {
        Self::parse(id)
    }
}

impl TryFrom<&str> for SessionId {
    type Error = InvalidSessionId;

    fn try_from(id: &str) -> Result<Self, InvalidSessionId> {
        Self::parse(id)
    }
}

impl AsRef<str> for SessionId {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SessionId({})", self.0)
    }
}
