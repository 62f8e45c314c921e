//! Under what a session is kept: whose it is, of which agent, and its id.

use std::fmt;
use std::sync::Arc;

use super::{InvalidSessionId, SessionId};

/// Whose session it is: nobody's in particular, or the holder's of an API key.
///
/// Another owner's session cannot be told from one that does not exist.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Owner(Option<Arc<str>>);

impl Owner {
    /// The owner of all requests that nobody signed; also the default.
    pub const fn anonymous() -> Self {
        Self(None)
    }

    /// The owner whose credentials have this name. The name must not be one that a client can choose.
    pub fn named(name: impl Into<Arc<str>>) -> Self {
        Self(Some(name.into()))
    }

    /// The name, unless anonymous.
    pub fn name(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

/// The key of a session: agent, owner and id.
///
/// An id alone, a [`SessionId`] or a text that is one, is the key of a session without agent and owner, which
/// is enough for a pool of one's own:
///
/// ```
/// use alphora_runtime::session::{Owner, SessionId, SessionKey};
///
/// let id = SessionId::parse("user-001")?;
/// assert_eq!(SessionKey::from(id.clone()), SessionKey::try_from("user-001")?);
/// assert_ne!(SessionKey::from(id.clone()), SessionKey::new("Support", Owner::anonymous(), id));
/// # Ok::<(), alphora_runtime::session::InvalidSessionId>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SessionKey {
    agent: Arc<str>,
    owner: Owner,
    id: SessionId,
}

impl SessionKey {
    /// The key of `owner`'s session `id` with `agent`.
    pub fn new(agent: impl Into<Arc<str>>, owner: Owner, id: SessionId) -> Self {
        Self { agent: agent.into(), owner, id }
    }

    /// The agent's published name; empty for a key made of an id alone.
    pub fn agent(&self) -> &str {
        &self.agent
    }

    /// The same name, to be kept without a copy.
    pub(super) fn shared_agent(&self) -> &Arc<str> {
        &self.agent
    }

    /// Whose session it is.
    pub fn owner(&self) -> &Owner {
        &self.owner
    }

    /// The session's id.
    pub fn id(&self) -> &SessionId {
        &self.id
    }

    /// How many bytes the key counts for against the caps of a pool.
    pub(super) fn stored_bytes(&self) -> usize {
        self.agent.len() + self.owner.name().map_or(0, str::len) + self.id.as_str().len()
    }
}

impl From<SessionId> for SessionKey {
    fn from(id: SessionId) -> Self {
        Self::new("", Owner::anonymous(), id)
    }
}

impl From<&SessionId> for SessionKey {
    fn from(id: &SessionId) -> Self {
        id.clone().into()
    }
}

impl From<&SessionKey> for SessionKey {
    fn from(key: &SessionKey) -> Self {
        key.clone()
    }
}

impl TryFrom<&str> for SessionKey {
    type Error = InvalidSessionId;

    fn try_from(id: &str) -> Result<Self, InvalidSessionId> {
        SessionId::parse(id).map(Self::from)
    }
}

impl TryFrom<String> for SessionKey {
    type Error = InvalidSessionId;

    fn try_from(id: String) -> Result<Self, InvalidSessionId> {
        Self::try_from(id.as_str())
    }
}

impl TryFrom<&String> for SessionKey {
    type Error = InvalidSessionId;

    fn try_from(id: &String) -> Result<Self, InvalidSessionId> {
        Self::try_from(id.as_str())
    }
}

/// `agent/owner/id`, for log lines; an anonymous owner is `-`.
impl fmt::Display for SessionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.agent, self.owner.name().unwrap_or("-"), self.id)
    }
}
