//! Unguessable identifiers, with one call to the operating system for many of them.

use std::cell::RefCell;
use std::fmt;

use crate::error::{Error, ErrorKind};

/// How many bytes are asked of the operating system at once: 128 identifiers.
const BLOCK: usize = 2048;

/// The longest prefix.
const PREFIX: usize = 8;

struct Block {
    bytes: [u8; BLOCK],
    used: usize,
}

thread_local! {
    static RANDOM: RefCell<Block> = const { RefCell::new(Block { bytes: [0; BLOCK], used: BLOCK }) };
}

/// 128 bits from the operating system's generator.
fn bits128() -> Result<u128, getrandom::Error> {
    RANDOM.with_borrow_mut(|block| {
        if block.used + 16 > BLOCK {
            getrandom::fill(&mut block.bytes)?;
            block.used = 0;
        }
        let mut bits = [0; 16];
        let taken = &mut block.bytes[block.used..block.used + 16];
        bits.copy_from_slice(taken);
        // What was handed out is not kept.
        taken.fill(0);
        block.used += 16;
        Ok(u128::from_ne_bytes(bits))
    })
}

/// A prefix and 32 hexadecimal digits of randomness, without an allocation: a request has several.
#[derive(Clone, Copy)]
pub(crate) struct Identifier {
    bits: u128,
    text: [u8; PREFIX + 32],
    length: usize,
}

impl Identifier {
    /// A new identifier; `prefix` has at most 8 bytes.
    ///
    /// # Errors
    /// The operating system has no randomness to give, which Linux, macOS and Windows rule out after boot.
    pub(crate) fn new(prefix: &'static str) -> Result<Self, Error> {
        let bits = bits128().map_err(|error| {
            Error::new(ErrorKind::Io, "the operating system has no randomness to give").with_source(error)
        })?;
        Ok(Self::of(prefix, bits))
    }

    /// An identifier that says that there is no randomness.
    pub(crate) fn unknown(prefix: &'static str) -> Self {
        Self::of(prefix, 0)
    }

    fn of(prefix: &'static str, bits: u128) -> Self {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let prefix = &prefix.as_bytes()[..prefix.len().min(PREFIX)];
        let mut text = [0; PREFIX + 32];
        text[..prefix.len()].copy_from_slice(prefix);
        for (pair, byte) in text[prefix.len()..].chunks_exact_mut(2).zip(bits.to_be_bytes()) {
            pair.copy_from_slice(&[DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
        }
        Self { bits, text, length: prefix.len() + 32 }
    }

    pub(crate) fn as_str(&self) -> &str {
        // Prefix and digits are ASCII.
        std::str::from_utf8(&self.text[..self.length]).unwrap_or_default()
    }

    /// The randomness itself.
    pub(crate) fn bits(&self) -> u128 {
        self.bits
    }
}

impl fmt::Display for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::Identifier;

    #[test]
    fn identifiers_differ_and_are_hexadecimal() {
        let ids: std::collections::HashSet<String> =
            (0..1000).map(|_| Identifier::new("cmpl-").unwrap().to_string()).collect();
        assert_eq!(ids.len(), 1000);
        for id in ids {
            let digits = id.strip_prefix("cmpl-").unwrap();
            assert!(
                digits.len() == 32
                    && digits.bytes().all(|c| c.is_ascii_digit() || (b'a'..=b'f').contains(&c))
            );
        }
        assert_eq!(Identifier::unknown("req_").as_str(), format!("req_{}", "0".repeat(32)));
    }
}
