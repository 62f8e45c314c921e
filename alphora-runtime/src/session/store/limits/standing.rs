//! How an account stands.

use std::time::Duration;

use super::Bucket;
use crate::principal::Limits;

/// What came of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It counts, and has its place.
    Granted(Standing),
    /// It does not count, and has none.
    Refused {
        /// Which limit it would be over; of several, the first in the order of [`Exceeded`].
        limit: Exceeded,
        /// When to ask again.
        retry_after: Duration,
        /// How the account stands without it.
        standing: Standing,
    },
}

/// A limit that a request would be over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exceeded {
    /// Requests per minute.
    Requests,
    /// Tokens per minute: as many were used.
    Tokens,
    /// Runs at once.
    Runs,
}

/// How an account stands; `None` for what is not limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Standing {
    /// Requests.
    pub requests: Option<Allowance>,
    /// Tokens.
    pub tokens: Option<Allowance>,
}

/// How much of one limit is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// How many a minute.
    pub limit: u64,
    /// How many at this moment.
    pub remaining: u64,
    /// In what time all of them are there again, to the millisecond.
    pub reset: Duration,
}

/// When a place may be free: nobody knows.
const FREE_AFTER: Duration = Duration::from_secs(1);

impl Taken {
    /// The answer to a request that was let in, or refused for `exceeded`, where the buckets are now as given.
    pub fn new(exceeded: Option<Exceeded>, limits: &Limits, requests: Bucket, tokens: Bucket) -> Self {
        let standing = Standing::new(limits, requests, tokens);
        let wait =
            |bucket: Bucket, limit: Option<u64>| limit.map(|limit| bucket.wait(limit)).unwrap_or_default();
        match exceeded {
            None => Self::Granted(standing),
            Some(limit) => {
                let retry_after = match limit {
                    Exceeded::Requests => wait(requests, limits.requests_per_minute),
                    Exceeded::Tokens => wait(tokens, limits.tokens_per_minute),
                    Exceeded::Runs => FREE_AFTER,
                };
                Self::Refused { limit, retry_after, standing }
            }
        }
    }
}

impl Standing {
    /// How an account with these limits stands where its buckets are as given.
    pub fn new(limits: &Limits, requests: Bucket, tokens: Bucket) -> Self {
        let allowance = |bucket: Bucket, limit: Option<u64>| {
            limit.map(|limit| Allowance {
                limit: Bucket::limit(limit),
                remaining: bucket.remaining(limit),
                reset: bucket.reset(limit),
            })
        };
        Self {
            requests: allowance(requests, limits.requests_per_minute),
            tokens: allowance(tokens, limits.tokens_per_minute),
        }
    }
}
