//! How a turn gets a session.

use super::clock::{clamped, milliseconds};
use super::header::Header;
use super::key;
use super::live::{Entry, Held, Used};
use super::work::{Stop, Work};
use crate::session::SessionKey;
use crate::session::store::{Begun, Claim, Content, StoreError, StoreLease};

impl Work<'_> {
    pub(super) fn lend(&mut self, key: &SessionKey, claim: &Claim) -> Result<Begun, Stop> {
        let key = key::encode(key);
        let header = self.living(&key)?;
        if let Some(Header { version, .. }) = header.filter(|header| header.turn == claim.turn) {
            return Ok(Begun::Replayed { version });
        }
        let mut entry = self.live.get(&key);
        if let Some(held) = entry.lent(self.now).filter(|held| held.turn != claim.turn) {
            return Ok(Begun::Busy { remaining: held.until.saturating_sub(self.now.steady) });
        }
        if self.live.is_full() {
            return Err(StoreError::Capacity { retry_after: claim.lease.min(super::store::RETRY) }.into());
        }
        let content = match &header {
            None => Content::New,
            Some(header) if claim.known == Some(header.stamp) => Content::Known,
            Some(header) => Content::Stored(self.record(&key, header)?),
        };
        if let Some(header) = &header {
            entry.used = Some(self.touch(&key, header, claim)?);
        }
        let fence = self.fence();
        let Claim { turn, lease: duration, named, .. } = *claim;
        let until = self.now.steady + clamped(duration);
        // A turn that asks again because the answer was lost has not heard yet that it is to end. A session that was
        // never committed has vanished with its lease, and what was noted for that lease with it.
        let before = if header.is_some() { entry.held } else { entry.lent(self.now) };
        let preemption = before.filter(|held| held.turn == turn).and_then(|held| held.preemption);
        entry.held = Some(Held { turn, fence, until, named, preemption });
        self.live.set(&key, entry);
        let version = header.map_or(0, |header| header.version);
        Ok(Begun::Granted { lease: StoreLease { turn, fence, version, duration }, content })
    }

    /// Notes a use. It is written only where a process that is killed would leave something wrong.
    fn touch(&mut self, key: &[u8], header: &Header, claim: &Claim) -> Result<Used, Stop> {
        let (last_used, ttl) = (self.now.wall, milliseconds(claim.ttl));
        let expires = last_used.saturating_add(ttl);
        let named = header.named || claim.named;
        let moved = Header { last_used, expires, ttl, named, ..*header };
        let is_said = expires.abs_diff(header.expires) <= header.slack().min(moved.slack());
        let written = !is_said || named != header.named || self.live.is_crowded();
        if written {
            self.write(key, moved, Some(header))?;
        }
        Ok(Used { at: last_used, expires, written })
    }

    /// The lease that `lease` is, if it is still that of the session of `header`, or of one that begins.
    pub(super) fn holder(
        &self,
        key: &[u8],
        header: Option<&Header>,
        lease: &StoreLease,
    ) -> Result<(Entry, Held), StoreError> {
        let entry = self.live.get(key);
        match entry.held {
            Some(held) if held.fence == lease.fence && held.turn == lease.turn => Ok((entry, held)),
            None if header.is_none() => Err(StoreError::Removed),
            _ => Err(StoreError::Fenced),
        }
    }
}
