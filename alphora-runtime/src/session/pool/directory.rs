//! Committed sessions in the order of their ids, for those pools of which lists are asked.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use super::slab::Slot;
use crate::session::{Owner, SessionId, SessionKey};

/// Committed sessions in the order of agents, owners and ids.
#[derive(Debug, Default)]
pub(super) struct Directory(BTreeMap<Place, Slot>);

/// Where a session stands in the order, or, without an id, where those of an agent and an owner begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    agent: Arc<str>,
    owner: Owner,
    id: Option<SessionId>,
}

impl Directory {
    pub(super) fn insert(&mut self, key: &SessionKey, slot: Slot) {
        self.0.insert(key.into(), slot);
    }

    pub(super) fn remove(&mut self, key: &SessionKey) {
        self.0.remove(&key.into());
    }

    /// The sessions of the same agent and owner that stand after a place.
    pub(super) fn after(&self, place: &Place) -> impl Iterator<Item = (&SessionId, Slot)> {
        let all = self.0.range((Bound::Excluded(place), Bound::Unbounded));
        let same = all.take_while(|(other, _)| other.agent == place.agent && other.owner == place.owner);
        same.filter_map(|(other, slot)| Some((other.id.as_ref()?, *slot)))
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

impl Place {
    /// Before the sessions whose ids come after `after`, or before all.
    pub(super) fn new(agent: &str, owner: &Owner, after: Option<SessionId>) -> Self {
        Self { agent: agent.into(), owner: owner.clone(), id: after }
    }

    /// The place of another session of the same agent and owner.
    pub(super) fn at(self, id: SessionId) -> Self {
        Self { id: Some(id), ..self }
    }
}

impl From<&SessionKey> for Place {
    fn from(key: &SessionKey) -> Self {
        Self { agent: key.shared_agent().clone(), owner: key.owner().clone(), id: Some(key.id().clone()) }
    }
}

impl Ord for Place {
    fn cmp(&self, other: &Self) -> Ordering {
        let owners = || self.owner.name().cmp(&other.owner.name());
        self.agent.cmp(&other.agent).then_with(owners).then_with(|| self.id.cmp(&other.id))
    }
}

impl PartialOrd for Place {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
