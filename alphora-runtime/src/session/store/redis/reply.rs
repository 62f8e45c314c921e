//! Reads what scripts answer.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use redis::Value;

use super::failure::corrupt;
use crate::session::store::StoreError;

/// What a script has answered, read from its beginning.
#[derive(Debug)]
pub(super) struct Reply(std::vec::IntoIter<Value>);

impl Reply {
    pub(super) fn new(value: Value) -> Result<Self, StoreError> {
        match value {
            Value::Array(values) => Ok(Self(values.into_iter())),
            // A map of which nothing is there.
            Value::Nil => Ok(Self(Vec::new().into_iter())),
            _ => Err(other_form()),
        }
    }

    /// Whether everything was read.
    pub(super) fn is_empty(&self) -> bool {
        self.0.len() == 0
    }

    pub(super) fn bytes(&mut self) -> Result<Bytes, StoreError> {
        match self.0.next() {
            Some(Value::BulkString(bytes)) => Ok(bytes.into()),
            Some(Value::SimpleString(text)) => Ok(text.into()),
            _ => Err(other_form()),
        }
    }

    pub(super) fn text(&mut self) -> Result<String, StoreError> {
        String::from_utf8(self.bytes()?.into()).map_err(|_| other_form())
    }

    /// A number, as one or as text.
    pub(super) fn number(&mut self) -> Result<u64, StoreError> {
        match self.0.next() {
            Some(Value::Int(number)) => u64::try_from(number).map_err(|_| other_form()),
            Some(Value::BulkString(bytes)) => {
                std::str::from_utf8(&bytes).ok().and_then(|text| text.parse().ok()).ok_or_else(other_form)
            }
            _ => Err(other_form()),
        }
    }

    pub(super) fn milliseconds(&mut self) -> Result<Duration, StoreError> {
        self.number().map(Duration::from_millis)
    }

    /// A point in time of the server's clock.
    pub(super) fn time(&mut self) -> Result<SystemTime, StoreError> {
        time(self.number()?)
    }

    /// A list within the list.
    pub(super) fn list(&mut self) -> Result<Self, StoreError> {
        Self::new(self.0.next().ok_or_else(other_form)?)
    }
}

/// A point in time, from the milliseconds since 1970.
pub(super) fn time(since: u64) -> Result<SystemTime, StoreError> {
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_millis(since)).ok_or_else(other_form)
}

pub(super) fn other_form() -> StoreError {
    corrupt("redis has answered in another form than this store's scripts do")
}
