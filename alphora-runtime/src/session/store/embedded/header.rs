//! What is stored of a session besides its record's bytes.

use super::clock::system_time;
use super::live::Entry;
use crate::session::SessionId;
use crate::session::store::SessionSummary;

/// How long a header is, in bytes.
const LENGTH: usize = 8 * 10 + 4 * 2 + 16 + 2;

/// What is known of a committed session. Times are milliseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) version: u64,
    /// The fence of the lease that was committed last.
    pub(super) stamp: u64,
    /// The turn that was committed last.
    pub(super) turn: u128,
    pub(super) format: u32,
    /// How many entries the record has, the snapshot included.
    pub(super) pieces: u32,
    pub(super) bytes: u64,
    pub(super) created: u64,
    pub(super) last_used: u64,
    pub(super) expires: u64,
    pub(super) ttl: u64,
    /// The store's next fence when this was written, which tells the headers of this process from older ones.
    pub(super) written: u64,
    /// Whether a client has named the session.
    pub(super) named: bool,
    pub(super) filed: Filed,
}

/// Under what a session stands in the indexes: never later than it should, and put right when it is come across.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Filed {
    pub(super) expires: u64,
    pub(super) last_used: u64,
    pub(super) named: bool,
}

impl Header {
    /// How much longer than it says a session is kept that was written by an earlier process.
    ///
    /// A turn that begins moves the expiry in memory alone, if it moves it by less than this: what a process that was
    /// killed has not written down never makes a session expire early.
    pub(super) fn slack(&self) -> u64 {
        self.ttl / 8
    }

    /// When the session goes, where `first` is the first fence of this process.
    pub(super) fn expires(&self, entry: &Entry, first: u64) -> u64 {
        match entry.used {
            Some(used) if used.at >= self.last_used => used.expires,
            _ if self.written < first => self.expires.saturating_add(self.slack()),
            _ => self.expires,
        }
    }

    /// When the session was last lent or committed.
    pub(super) fn last_used(&self, entry: &Entry) -> u64 {
        entry.used.map_or(self.last_used, |used| used.at.max(self.last_used))
    }

    pub(super) fn summary(&self, id: SessionId, entry: &Entry, first: u64) -> SessionSummary {
        SessionSummary {
            id,
            version: self.version,
            bytes: self.bytes,
            created: system_time(self.created),
            last_used: system_time(self.last_used(entry)),
            expires: system_time(self.expires(entry, first)),
        }
    }

    pub(super) fn encode(&self) -> [u8; LENGTH] {
        let mut writer = Writer { bytes: [0; LENGTH], at: 0 };
        for number in [
            self.version,
            self.stamp,
            self.bytes,
            self.created,
            self.last_used,
            self.expires,
            self.ttl,
            self.written,
            self.filed.expires,
            self.filed.last_used,
        ] {
            writer.put(number.to_be_bytes());
        }
        writer.put(self.format.to_be_bytes());
        writer.put(self.pieces.to_be_bytes());
        writer.put(self.turn.to_be_bytes());
        writer.put([u8::from(self.named), u8::from(self.filed.named)]);
        writer.bytes
    }

    /// The header that these bytes are, if they are one.
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let mut rest = bytes;
        let mut number = || rest.split_off_first_chunk().map(u64::from_be_bytes);
        let version = number()?;
        let stamp = number()?;
        let size = number()?;
        let created = number()?;
        let last_used = number()?;
        let expires = number()?;
        let ttl = number()?;
        let written = number()?;
        let (filed_expires, filed_last_used) = (number()?, number()?);
        let format = u32::from_be_bytes(rest.split_off_first_chunk()?);
        let pieces = u32::from_be_bytes(rest.split_off_first_chunk()?);
        let turn = u128::from_be_bytes(rest.split_off_first_chunk()?);
        let &[named @ (0 | 1), filed_named @ (0 | 1)] = rest else { return None };
        let filed = Filed { expires: filed_expires, last_used: filed_last_used, named: filed_named == 1 };
        let named = named == 1;
        Some(Self {
            version,
            stamp,
            turn,
            format,
            pieces,
            bytes: size,
            created,
            last_used,
            expires,
            ttl,
            written,
            named,
            filed,
        })
    }
}

/// Fixed-size fields, one after the other.
struct Writer {
    bytes: [u8; LENGTH],
    at: usize,
}

impl Writer {
    fn put<const N: usize>(&mut self, field: [u8; N]) {
        self.bytes[self.at..self.at + N].copy_from_slice(&field);
        self.at += N;
    }
}

/// Takes arrays off the front of bytes.
trait SplitOffFirst {
    fn split_off_first_chunk<const N: usize>(&mut self) -> Option<[u8; N]>;
}

impl SplitOffFirst for &[u8] {
    fn split_off_first_chunk<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (first, rest) = self.split_first_chunk()?;
        *self = rest;
        Some(*first)
    }
}
