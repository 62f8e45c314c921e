//! Removes what single owners have too much of.

use std::collections::BTreeSet;

use redis::Cmd;
use tokio::time::Instant;

use super::keys::names_of_owner;
use super::reply::Reply;
use super::store::RedisStore;
use super::sweep::{Candidate, Excess};
use super::together::together;
use crate::session::Owner;
use crate::session::store::{StoreError, StoreLimits, StoreStatistics};

/// How many owners of each bucket a call looks at, chosen by chance among those that may have too much.
const OWNERS: usize = 4;

/// How many sessions of one owner a bucket tells.
const TOLD: &str = "1000";

/// The limits of an owner, as the scripts take them; nothing if it has none.
#[derive(Debug)]
pub(super) struct OwnerLimits {
    pub(super) owner: String,
    pub(super) sessions: String,
    pub(super) bytes: String,
}

impl OwnerLimits {
    pub(super) fn of(limits: &StoreLimits, owner: &Owner) -> Self {
        // What belongs to nobody in particular is not limited.
        let is_limited = limits.owner_sessions.or(limits.owner_bytes).is_some() && owner.name().is_some();
        let owner = if is_limited { names_of_owner(owner) } else { String::new() };
        let text = |limit: Option<u64>| limit.map(|limit| limit.to_string()).unwrap_or_default();
        Self { owner, sessions: text(limits.owner_sessions), bytes: text(limits.owner_bytes) }
    }
}

impl RedisStore {
    /// Begins with no owner any more once it is so late.
    pub(super) async fn evict_owners(&self, until: Instant) -> Result<u64, StoreError> {
        if Instant::now() >= until {
            return Ok(0);
        }
        let found = together(self.0.keys.all_lists().map(|lists| async move {
            let Some(list) = lists.get(6) else { return Ok(Vec::new()) };
            let mut command = Cmd::new();
            command.arg("SRANDMEMBER").arg(list).arg(OWNERS);
            let mut reply = Reply::new(self.0.connection.ask(&command).await?)?;
            let mut owners = Vec::new();
            while !reply.is_empty() {
                owners.push(reply.text()?);
            }
            Ok::<_, StoreError>(owners)
        }));
        let owners: BTreeSet<String> = found.await?.into_iter().flatten().collect();
        let mut evicted = 0;
        for owner in owners {
            if Instant::now() >= until {
                break;
            }
            evicted += self.evict_owner(&owner, until).await?;
        }
        Ok(evicted)
    }

    /// Removes what one owner has too much of, whoever its sessions are with.
    async fn evict_owner(&self, owner: &str, until: Instant) -> Result<u64, StoreError> {
        let limits =
            OwnerLimits { owner: owner.to_owned(), ..OwnerLimits::of(&self.0.limits, &Owner::anonymous()) };
        let arguments =
            [owner.as_bytes(), limits.sessions.as_bytes(), limits.bytes.as_bytes(), TOLD.as_bytes()];
        let arguments = &arguments;
        let parts = together(self.0.keys.all_lists().map(|lists| async move {
            let mut reply = Reply::new(self.run_on_bucket(&self.0.sessions.owned, lists, arguments).await?)?;
            let mut kept = StoreStatistics { sessions: reply.number()?, bytes: 0 };
            let mut candidates = Vec::new();
            while !reply.is_empty() {
                let (member, used) = (reply.text()?, reply.number()?);
                let (bytes, state) = (reply.number()?, reply.number()?);
                kept.bytes += bytes;
                // One in use stays.
                if state < 2 {
                    candidates.push(Candidate { is_named: state == 1, used, member, bytes });
                }
            }
            Ok::<_, StoreError>((kept, candidates))
        }))
        .await?;
        let (mut kept, mut candidates) = (StoreStatistics::default(), Vec::new());
        for (part, found) in parts {
            kept.sessions += part.sessions;
            kept.bytes += part.bytes;
            candidates.extend(found);
        }
        let excess = Excess::of(kept, self.0.limits.owner_sessions, self.0.limits.owner_bytes);
        if excess.is_none() {
            return Ok(0);
        }
        self.evict(&excess.choose(candidates), until).await
    }
}
