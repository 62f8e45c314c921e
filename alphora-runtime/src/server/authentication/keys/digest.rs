//! The digest of a key: what is known of it, and all that is ever written down.

use std::fmt;

use sha2::{Digest as _, Sha256};
use subtle::{Choice, ConstantTimeEq};

/// The SHA-256 digest of a key.
///
/// A key is long and random, so that a plain digest says nothing of it: unlike a password's, it needs no salt and no
/// slowness, which every request would pay for.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(super) struct Digest([u64; 4]);

impl Digest {
    pub(super) fn of(key: &str) -> Self {
        Self::from_bytes(Sha256::digest(key.as_bytes()).into())
    }

    /// 64 hexadecimal digits, in either case.
    pub(super) fn from_hex(text: &str) -> Option<Self> {
        let digits = text.as_bytes();
        if digits.len() != 64 {
            return None;
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            let [high, low] = [pair.first()?, pair.get(1)?].map(|digit| char::from(*digit).to_digit(16));
            *byte = u8::try_from(high? << 4 | low?).ok()?;
        }
        Some(Self::from_bytes(bytes))
    }

    pub(super) fn to_hex(self) -> String {
        let [first, second, third, fourth] = self.0;
        format!("{first:016x}{second:016x}{third:016x}{fourth:016x}")
    }

    /// In words, so that a comparison takes four steps and not 32.
    fn from_bytes(bytes: [u8; 32]) -> Self {
        let mut words = [0; 4];
        for (word, eight) in words.iter_mut().zip(bytes.chunks_exact(8)) {
            *word = eight.iter().fold(0, |word, byte| word << 8 | u64::from(*byte));
        }
        Self(words)
    }
}

impl ConstantTimeEq for Digest {
    fn ct_eq(&self, other: &Self) -> Choice {
        let difference = self.0.iter().zip(&other.0).fold(0, |all, (ours, theirs)| all | (ours ^ theirs));
        difference.ct_eq(&0)
    }
}

/// Nothing of it: who has a digest can try keys in peace.
impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Digest(..)")
    }
}
