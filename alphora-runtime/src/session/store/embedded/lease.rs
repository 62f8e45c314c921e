//! How a turn keeps a session, gives it back, and hears that it is wanted. Nothing of this is written.

use super::clock::clamped;
use super::key;
use super::live::{Entry, Held};
use super::work::{Stop, Work};
use crate::session::SessionKey;
use crate::session::store::{Preemption, StoreLease};

impl Work<'_> {
    pub(super) fn renew(&mut self, key: &SessionKey, lease: &StoreLease) -> Result<Option<Preemption>, Stop> {
        let key = key::encode(key);
        let header = self.living(&key)?;
        let (entry, held) = self.holder(&key, header.as_ref(), lease)?;
        let until = self.now.steady + clamped(lease.duration);
        self.live.set(&key, Entry { held: Some(Held { until, ..held }), ..entry });
        Ok(held.preemption)
    }

    pub(super) fn release(&mut self, key: &SessionKey, lease: &StoreLease) {
        let key = key::encode(key);
        let entry = self.live.get(&key);
        if entry.held.is_some_and(|held| held.fence == lease.fence && held.turn == lease.turn) {
            self.live.set(&key, Entry { held: None, ..entry });
        }
    }

    pub(super) fn preempt(&mut self, key: &SessionKey, preemption: Preemption) {
        let key = key::encode(key);
        let entry = self.live.get(&key);
        if let Some(held) = entry.held {
            let held = Held { preemption: Some(preemption), ..held };
            self.live.set(&key, Entry { held: Some(held), ..entry });
        }
    }
}
