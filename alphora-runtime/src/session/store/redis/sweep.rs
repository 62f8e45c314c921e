//! Removes what has expired, then what is over the limits of the whole store.

use redis::{Cmd, Value};
use tokio::time::Instant;

use super::keys::bucket;
use super::reply::Reply;
use super::store::RedisStore;
use super::timing::{SWEEPING, SWEPT, milliseconds};
use super::together::together;
use crate::session::store::{StoreError, StoreStatistics};

/// How many expired sessions a call takes out of the lists of a bucket. The server itself drops them on time.
const EXPIRED: &str = "256";

/// How often a call looks for sessions to evict, those that were named and those that were not.
const ROUNDS: usize = 4;

/// How many sessions of a bucket a round looks at, at most.
const CANDIDATES: u64 = 64;

/// A session that may be evicted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Candidate {
    pub(super) is_named: bool,
    /// When it was used last, in milliseconds of the server's clock.
    pub(super) used: u64,
    pub(super) member: String,
    pub(super) bytes: u64,
}

/// By how much a limit is exceeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Excess {
    pub(super) sessions: u64,
    pub(super) bytes: u64,
}

impl Excess {
    pub(super) fn of(kept: StoreStatistics, sessions: Option<u64>, bytes: Option<u64>) -> Self {
        let over = |kept: u64, limit: Option<u64>| limit.map_or(0, |limit| kept.saturating_sub(limit));
        Self { sessions: over(kept.sessions, sessions), bytes: over(kept.bytes, bytes) }
    }

    pub(super) fn is_none(self) -> bool {
        self == Self::default()
    }

    /// The first of the candidates without which nothing is exceeded.
    pub(super) fn choose(mut self, mut candidates: Vec<Candidate>) -> Vec<Candidate> {
        candidates.sort_unstable();
        let needed = candidates.iter().take_while(|candidate| {
            let is_needed = !self.is_none();
            self.sessions = self.sessions.saturating_sub(1);
            self.bytes = self.bytes.saturating_sub(candidate.bytes);
            is_needed
        });
        let needed = needed.count();
        candidates.truncate(needed);
        candidates
    }
}

impl RedisStore {
    pub(super) async fn sweep_sessions(&self) -> Result<u64, StoreError> {
        let (expired, kept) = self.sweep_expired().await?;
        let limits = &self.0.limits;
        let has_owner_limits = limits.owner_sessions.or(limits.owner_bytes).is_some();
        if Excess::of(kept, limits.sessions, limits.bytes).is_none() && !has_owner_limits {
            return Ok(expired);
        }
        // Two who remove the same excess at once would remove it twice. The lock lasts from later than this.
        let until = Instant::now() + SWEPT;
        let Some(lock) = self.lock().await? else { return Ok(expired) };
        let evicted = match self.evict_excess(until).await {
            Ok(evicted) if has_owner_limits => self.evict_owners(until).await.map(|more| evicted + more),
            other => other,
        };
        self.unlock(&lock).await;
        Ok(expired + evicted?)
    }

    async fn lock(&self) -> Result<Option<String>, StoreError> {
        let own = crate::random::Identifier::new("").map_err(StoreError::unavailable)?;
        let own = own.as_str().to_owned();
        let mut command = Cmd::new();
        command
            .arg("SET")
            .arg(self.0.keys.sweeping())
            .arg(&own)
            .arg("NX")
            .arg("PX")
            .arg(milliseconds(SWEEPING));
        let answer = self.0.connection.ask(&command).await?;
        Ok((answer != Value::Nil).then_some(own))
    }

    async fn unlock(&self, lock: &str) {
        let name = self.0.keys.sweeping();
        let unlocked = self.0.connection.run(&self.0.sessions.unlock, &[&name], &[lock.as_bytes()]).await;
        if let Err(failure) = unlocked {
            // It ends by itself, and what was done is done.
            tracing::debug!(reason = failure.reason(), "the lock of a sweep was not given back");
        }
    }

    /// How many sessions are no longer listed now, because they have expired, and what is left.
    async fn sweep_expired(&self) -> Result<(u64, StoreStatistics), StoreError> {
        let script = &self.0.sessions.expire;
        let parts = together(self.0.keys.all_lists().map(|lists| async move {
            let mut reply = Reply::new(self.run_on_bucket(script, lists, &[EXPIRED.as_bytes()]).await?)?;
            let gone = reply.number()?;
            Ok::<_, StoreError>((gone, StoreStatistics { sessions: reply.number()?, bytes: reply.number()? }))
        }));
        Ok(parts.await?.into_iter().fold((0, StoreStatistics::default()), |(sum, kept), (gone, part)| {
            let sessions = kept.sessions + part.sessions;
            (sum + gone, StoreStatistics { sessions, bytes: kept.bytes + part.bytes })
        }))
    }

    /// Begins nothing more once it is so late.
    async fn evict_excess(&self, until: Instant) -> Result<u64, StoreError> {
        let mut evicted = 0;
        for is_named in [false, true] {
            for _ in 0..ROUNDS {
                if Instant::now() >= until {
                    return Ok(evicted);
                }
                let kept = self.count_sessions().await?;
                let excess = Excess::of(kept, self.0.limits.sessions, self.0.limits.bytes);
                if excess.is_none() {
                    return Ok(evicted);
                }
                // As many as their average size says, twice as many for the unevenness, and some more.
                let average = (kept.bytes / kept.sessions.max(1)).max(1);
                let needed = excess.sessions.max(excess.bytes / average);
                let buckets = self.0.keys.all_lists().count() as u64;
                let each = (2 * needed / buckets + 8).min(CANDIDATES);
                let chosen = excess.choose(self.oldest(is_named, each).await?);
                let gone = self.evict(&chosen, until).await?;
                evicted += gone;
                if gone == 0 {
                    break;
                }
            }
        }
        Ok(evicted)
    }

    /// The sessions that were used least recently, up to where it is certain that no other is in between.
    async fn oldest(&self, is_named: bool, each: u64) -> Result<Vec<Candidate>, StoreError> {
        let (named, each) = (u8::from(is_named).to_string(), each.to_string());
        let arguments = [named.as_bytes(), each.as_bytes()];
        let arguments = &arguments;
        let parts = together(self.0.keys.all_lists().map(|lists| async move {
            let mut reply = Reply::new(self.run_on_bucket(&self.0.sessions.oldest, lists, arguments).await?)?;
            let more = reply.number()? == 1;
            let mut part = Vec::new();
            while !reply.is_empty() {
                let (member, used, bytes) = (reply.text()?, reply.number()?, reply.number()?);
                part.push(Candidate { is_named, used, member, bytes });
            }
            Ok::<_, StoreError>((part, more))
        }))
        .await?;
        let known = parts.iter().filter(|(_, more)| *more);
        let known = known.filter_map(|(part, _)| part.last().map(|last| last.used)).min();
        let all = parts.into_iter().flat_map(|(part, _)| part);
        Ok(all.filter(|candidate| known.is_none_or(|known| candidate.used <= known)).collect())
    }

    /// Removes sessions unless they were used meanwhile, and says how many it were. None once it is so late: somebody
    /// else may have begun to remove them.
    pub(super) async fn evict(&self, chosen: &[Candidate], until: Instant) -> Result<u64, StoreError> {
        if Instant::now() >= until {
            return Ok(0);
        }
        let buckets = (0..super::keys::BUCKETS).filter_map(|number| {
            let all = chosen.iter().filter(|candidate| bucket(&candidate.member) == number);
            let all: Vec<&Candidate> = all.collect();
            (!all.is_empty()).then(|| (self.0.keys.lists(number), all))
        });
        let counts = together(buckets.map(|(lists, all)| async move {
            let places: Vec<_> =
                all.iter().map(|candidate| self.0.keys.place_of_member(candidate.member.clone())).collect();
            let used: Vec<_> = all.iter().map(|candidate| candidate.used.to_string()).collect();
            let mut keys: Vec<&str> = lists.iter().map(String::as_str).collect();
            let mut arguments: Vec<&[u8]> = Vec::new();
            for (place, used) in places.iter().zip(&used) {
                keys.push(&place.session);
                arguments.extend([place.member.as_bytes(), used.as_bytes()]);
            }
            let answer = self.0.connection.run(&self.0.sessions.evict, &keys, &arguments).await?;
            Reply::new(answer.value)?.number()
        }));
        counts.await.map(|counts| counts.into_iter().sum())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::store::StoreLimits;

    #[tokio::test]
    async fn nothing_begins_that_might_outlast_the_lock() {
        let limits = StoreLimits { sessions: Some(1), owner_sessions: Some(1), ..StoreLimits::default() };
        // Nobody listens there, so that each question would be an error.
        let store = RedisStore::open("redis://127.0.0.1:1", limits).unwrap();
        let member = "Support//a".to_owned();
        let chosen = [Candidate { is_named: true, used: 1, member, bytes: 1 }];
        let over = Instant::now();
        assert_eq!(store.evict_excess(over).await, Ok(0));
        assert_eq!(store.evict_owners(over).await, Ok(0));
        assert_eq!(store.evict(&chosen, over).await, Ok(0));
        let until = over + SWEPT;
        assert!(store.evict_excess(until).await.is_err());
        assert!(store.evict_owners(until).await.is_err());
        assert!(store.evict(&chosen, until).await.is_err());
    }

    #[test]
    fn chooses_no_more_than_is_needed() {
        let candidate = |is_named, used, bytes| Candidate { is_named, used, member: String::new(), bytes };
        let all = [candidate(true, 1, 10), candidate(false, 3, 10), candidate(false, 2, 10)];
        let chosen = |sessions, bytes| -> Vec<u64> {
            let chosen = Excess { sessions, bytes }.choose(all.to_vec());
            chosen.iter().map(|candidate| candidate.used).collect()
        };
        assert_eq!(chosen(0, 0), [0_u64; 0]);
        assert_eq!(chosen(1, 0), [2]);
        assert_eq!(chosen(2, 0), [2, 3]);
        assert_eq!(chosen(0, 11), [2, 3]);
        assert_eq!(chosen(3, 1), [2, 3, 1]);
        assert_eq!(chosen(9, 99), [2, 3, 1]);
    }
}
