//! How a turn gets a session from a store, and what it holds then.

use std::time::Duration;

use super::Record;

/// How a turn asks for a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The turn: a number that no other turn ever has, of any process. The server takes the run's.
    pub turn: u128,
    /// How long the turn has the session unless it renews its lease.
    pub lease: Duration,
    /// How long the session is kept from now on if nobody uses it.
    pub ttl: Duration,
    /// The [stamp](Record::stamp) of the record that the turn knows already, so that it need not be sent.
    pub known: Option<u64>,
    /// Whether a client has named the session. Those that none has named are evicted first; a session that was named
    /// once stays so.
    pub named: bool,
}

/// What came of asking for a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// The turn has it.
    Granted {
        /// What the turn holds until it commits or releases it.
        lease: StoreLease,
        /// What is stored.
        content: Content,
    },
    /// Another turn has it.
    Busy {
        /// How long that turn's lease still lasts, if it is not renewed.
        remaining: Duration,
    },
    /// This very turn has been committed already.
    Replayed {
        /// The version that it has made.
        version: u64,
    },
}

/// What is stored of a session when a turn gets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// Nothing: the session begins.
    New,
    /// What the turn knows already: the record's stamp is the one it has said.
    Known,
    /// This.
    Stored(Record),
}

/// A session, lent to a turn by a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreLease {
    /// The turn that holds it.
    pub turn: u128,
    /// Higher than that of every earlier lease of the session.
    pub fence: u64,
    /// The session's version, 0 for one that begins. A commit makes the next one.
    pub version: u64,
    /// How long the lease lasts from the last time that it was granted or renewed.
    pub duration: Duration,
}

/// How somebody else wants the turn to end that has a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preemption {
    /// At once; what it remembers so far is stored.
    Interrupt,
    /// At once, and the session is left as it was.
    Rollback,
}
