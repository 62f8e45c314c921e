//! What can be seen of sessions without lending them.

use super::MemoryPool;
use super::backing::answered;
use crate::session::store::{Page, PageRequest, StoredSession};
use crate::session::{Owner, SessionError, SessionKey};

impl MemoryPool {
    /// The sessions of `owner` with `agent`, in the order of their ids; with a store behind the pool, those that are
    /// stored there.
    ///
    /// # Errors
    /// [`SessionError::Unavailable`]: the store has not answered.
    pub(crate) async fn list(
        &self,
        agent: &str,
        owner: &Owner,
        page: &PageRequest,
    ) -> Result<Page, SessionError> {
        match self.shared.backing.get() {
            Some(backing) => Ok(answered(backing.store.list(agent, owner, page)).await?),
            None => Ok(self.list_here(agent, owner, page)),
        }
    }

    /// A session as it was last committed, in use or not; reading it is no use.
    ///
    /// # Errors
    /// [`SessionError::Unavailable`]: the store has not answered. [`SessionError::Unreadable`].
    pub(crate) async fn read(&self, key: &SessionKey) -> Result<Option<StoredSession>, SessionError> {
        match self.shared.backing.get() {
            Some(backing) => Ok(answered(backing.store.read(key)).await?),
            None => self.read_here(key),
        }
    }
}
