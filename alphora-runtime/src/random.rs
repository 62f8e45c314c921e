//! Unguessable identifiers, with one call to the operating system for many of them.

use std::cell::RefCell;
use std::fmt;
use std::hash::{BuildHasherDefault, Hasher};

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

/// The 16 lower-case hexadecimal digits of a number, all at once: each byte of a word is one digit.
fn hexadecimal(bits: u64) -> [u8; 16] {
    let half = |bits: u64| {
        // Four bytes become eight bytes of four bits each.
        let mut nibbles = bits;
        nibbles = (nibbles | (nibbles << 16)) & 0x0000_ffff_0000_ffff;
        nibbles = (nibbles | (nibbles << 8)) & 0x00ff_00ff_00ff_00ff;
        nibbles = (nibbles | (nibbles << 4)) & 0x0f0f_0f0f_0f0f_0f0f;
        // Those of ten and more carry into their high half, and are moved on from the digits to the letters.
        let letters = ((nibbles + 0x0606_0606_0606_0606) >> 4) & 0x0101_0101_0101_0101;
        (nibbles + 0x3030_3030_3030_3030 + letters * u64::from(b'a' - b'0' - 10)).to_be_bytes()
    };
    let mut digits = [0; 16];
    digits[..8].copy_from_slice(&half(bits >> 32));
    digits[8..].copy_from_slice(&half(bits & 0xffff_ffff));
    digits
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
        let prefix = &prefix.as_bytes()[..prefix.len().min(PREFIX)];
        let mut text = [0; PREFIX + 32];
        text[..prefix.len()].copy_from_slice(prefix);
        let half = |bits: u128| u64::try_from(bits & u128::from(u64::MAX)).unwrap_or_default();
        let (high, low) = (half(bits >> 64), half(bits));
        text[prefix.len()..prefix.len() + 16].copy_from_slice(&hexadecimal(high));
        text[prefix.len() + 16..prefix.len() + 32].copy_from_slice(&hexadecimal(low));
        Self { bits, text, length: prefix.len() + 32 }
    }

    /// The randomness of an identifier that was written with this prefix.
    pub(crate) fn read(prefix: &str, text: &str) -> Option<u128> {
        let digits = text.strip_prefix(prefix).filter(|digits| digits.len() == 32)?;
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        digits.bytes().all(is_digit).then(|| u128::from_str_radix(digits, 16).ok()).flatten()
    }

    pub(crate) fn as_str(&self) -> &str {
        // Prefix and digits are ASCII.
        std::str::from_utf8(self.as_bytes()).unwrap_or_default()
    }

    /// The identifier where nobody needs to hear once more that it is text.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.text.get(..self.length).unwrap_or_default()
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

/// How maps hash the randomness of identifiers: not at all.
pub(crate) type RandomKeys = BuildHasherDefault<RandomKey>;

/// A key that is random already.
#[derive(Default)]
pub(crate) struct RandomKey(u64);

impl Hasher for RandomKey {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u128(&mut self, bits: u128) {
        let half = |bits: u128| u64::try_from(bits & u128::from(u64::MAX)).unwrap_or_default();
        self.0 = half(bits >> 64) ^ half(bits);
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
        let id = Identifier::new("cmpl-").unwrap();
        assert_eq!(Identifier::read("cmpl-", id.as_str()), Some(id.bits()));
        for wrong in
            ["", "cmpl-", "cmpl-+", &id.as_str()[1..], &id.as_str().to_uppercase(), &format!("{id}0")]
        {
            assert_eq!(Identifier::read("cmpl-", wrong), None, "{wrong}");
        }
        for bits in [0, 1, u64::MAX, 0x0123_4567_89ab_cdef, 0xfedc_ba98_7654_3210] {
            assert_eq!(super::hexadecimal(bits), *format!("{bits:016x}").as_bytes());
        }
        assert_eq!(Identifier::unknown("req_").as_str(), format!("req_{}", "0".repeat(32)));
    }
}
