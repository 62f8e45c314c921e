//! What each owner has, and in which order it would go.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use tokio::time::Instant;

use super::entry::{Entry, Number};
use crate::session::SessionId;

/// Sessions that nobody has, in the order in which they go when there is no room: those that no client has named
/// first, then those used least recently.
#[derive(Debug, Default)]
pub(super) struct IdleOrder {
    order: BTreeSet<(bool, Instant, Number)>,
    /// Of those that no client has named, and of those that one has.
    totals: [Totals; 2],
}

/// How many sessions, of how many bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Totals {
    pub(super) sessions: u64,
    pub(super) bytes: u64,
}

impl IdleOrder {
    pub(super) fn insert(&mut self, named: bool, last_used: Instant, number: Number, bytes: u64) {
        self.order.insert((named, last_used, number));
        self.totals[usize::from(named)].add(bytes);
    }

    pub(super) fn remove(&mut self, named: bool, last_used: Instant, number: Number, bytes: u64) {
        self.order.remove(&(named, last_used, number));
        self.totals[usize::from(named)].subtract(bytes);
    }

    /// The session that goes first; without `named`, of those that no client has named.
    pub(super) fn first(&self, named: bool) -> Option<Number> {
        self.order.first().filter(|(is_named, ..)| named || !is_named).map(|(.., number)| *number)
    }

    /// How much would go with all of them.
    pub(super) fn totals(&self, named: bool) -> Totals {
        let [mut totals, of_named] = self.totals;
        if named {
            totals.sessions += of_named.sessions;
            totals.bytes += of_named.bytes;
        }
        totals
    }
}

impl Totals {
    pub(super) fn add(&mut self, bytes: u64) {
        self.sessions += 1;
        self.bytes += bytes;
    }

    pub(super) fn subtract(&mut self, bytes: u64) {
        self.sessions -= 1;
        self.bytes -= bytes;
    }
}

/// The committed sessions of one owner.
#[derive(Debug, Default)]
pub(super) struct OwnerSessions {
    pub(super) totals: Totals,
    pub(super) idle: IdleOrder,
    /// Per agent, in the order of their ids.
    agents: HashMap<Arc<str>, BTreeMap<SessionId, Number>>,
}

impl OwnerSessions {
    pub(super) fn insert(&mut self, entry: &Entry, number: Number) {
        self.totals.add(entry.bytes());
        let (agent, id) = (entry.key.agent(), entry.key.id().clone());
        if let Some(sessions) = self.agents.get_mut(agent) {
            sessions.insert(id, number);
        } else {
            self.agents.insert(agent.into(), BTreeMap::from([(id, number)]));
        }
    }

    pub(super) fn remove(&mut self, entry: &Entry) {
        self.totals.subtract(entry.bytes());
        if let Some(sessions) = self.agents.get_mut(entry.key.agent()) {
            sessions.remove(entry.key.id());
            if sessions.is_empty() {
                self.agents.remove(entry.key.agent());
            }
        }
    }

    /// The sessions with one agent.
    pub(super) fn of(&self, agent: &str) -> Option<&BTreeMap<SessionId, Number>> {
        self.agents.get(agent)
    }
}
