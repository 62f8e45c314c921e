//! What is known of one account.

use std::collections::HashMap;

use crate::principal::Limits;
use crate::random::RandomKeys;
use crate::session::store::{Bucket, Exceeded, RunPlace, Taken};

/// What one account has asked for. One that has recovered is equal to one that has never asked.
#[derive(Debug, Default)]
pub(super) struct Account {
    requests: Bucket,
    tokens: Bucket,
    /// The millisecond in which the buckets were so.
    at: u64,
    /// The one in which both are empty.
    recovered: u64,
    /// The runs at once, and the millisecond in which each place ends.
    places: HashMap<u128, u64, RandomKeys>,
    /// No place ends before this one, and none after that one.
    first_end: u64,
    last_end: u64,
}

/// What a [`Settlement`](crate::session::store::Settlement) is, wherever its runs are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ended<'a> {
    pub(crate) runs: &'a [u128],
    pub(crate) tokens: u64,
    pub(crate) refunded: u64,
}

impl Account {
    pub(super) fn take(&mut self, limits: &Limits, place: RunPlace, ends: u64, now: u64) -> Taken {
        self.drain(limits, now);
        self.end_places(now);
        let exceeds = |limit: Option<u64>, bucket: Bucket| limit.is_some_and(|limit| !bucket.has_room(limit));
        let is_full = |limit: u64| self.places.len() as u64 >= limit && !self.places.contains_key(&place.run);
        let exceeded = if exceeds(limits.requests_per_minute, self.requests) {
            Some(Exceeded::Requests)
        } else if exceeds(limits.tokens_per_minute, self.tokens) {
            Some(Exceeded::Tokens)
        } else if limits.runs.is_some_and(is_full) {
            Some(Exceeded::Runs)
        } else {
            None
        };
        if exceeded.is_none() {
            if limits.requests_per_minute.is_some() {
                self.requests = self.requests.charged(1);
            }
            if limits.runs.is_some() {
                self.keep(place.run, ends);
            }
        }
        self.note_recovery(limits, now);
        Taken::new(exceeded, limits, self.requests, self.tokens)
    }

    /// Keeps the place of a run.
    pub(super) fn keep(&mut self, run: u128, ends: u64) {
        if self.places.is_empty() {
            (self.first_end, self.last_end) = (ends, ends);
        }
        self.places.insert(run, ends);
        self.first_end = self.first_end.min(ends);
        self.last_end = self.last_end.max(ends);
    }

    pub(super) fn settle(&mut self, limits: &Limits, ended: &Ended<'_>, now: u64) {
        self.drain(limits, now);
        self.requests = self.requests.refunded(ended.refunded);
        if limits.tokens_per_minute.is_some() {
            self.tokens = self.tokens.charged(ended.tokens);
        }
        for run in ended.runs {
            self.places.remove(run);
        }
        self.note_recovery(limits, now);
    }

    /// The millisecond from which on there is nothing to be known of this account.
    pub(super) fn ends(&self) -> u64 {
        if self.places.is_empty() { self.recovered } else { self.recovered.max(self.last_end) }
    }

    /// What is not limited is not counted.
    fn drain(&mut self, limits: &Limits, now: u64) {
        let elapsed = now.saturating_sub(self.at);
        let drained = |bucket: Bucket, limit: Option<u64>| {
            limit.map(|limit| bucket.after(elapsed, limit)).unwrap_or_default()
        };
        self.requests = drained(self.requests, limits.requests_per_minute);
        self.tokens = drained(self.tokens, limits.tokens_per_minute);
        self.at = now;
    }

    fn end_places(&mut self, now: u64) {
        if self.places.is_empty() || self.first_end > now {
            return;
        }
        self.places.retain(|_, ends| *ends > now);
        self.first_end = self.places.values().copied().min().unwrap_or_default();
    }

    fn note_recovery(&mut self, limits: &Limits, now: u64) {
        let reset =
            |bucket: Bucket, limit: Option<u64>| limit.map(|limit| bucket.reset(limit)).unwrap_or_default();
        let longest = reset(self.requests, limits.requests_per_minute)
            .max(reset(self.tokens, limits.tokens_per_minute));
        self.recovered = now.saturating_add(u64::try_from(longest.as_millis()).unwrap_or(u64::MAX));
    }
}
