//! Unguessable identifiers, with one call to the operating system for many of them.

use std::cell::RefCell;

/// How many bytes are asked of the operating system at once: 128 identifiers.
const BLOCK: usize = 2048;

struct Block {
    bytes: [u8; BLOCK],
    used: usize,
}

thread_local! {
    static RANDOM: RefCell<Block> = const { RefCell::new(Block { bytes: [0; BLOCK], used: BLOCK }) };
}

/// 128 bits from the operating system's generator.
///
/// # Errors
/// The operating system has no randomness to give, which Linux, macOS and Windows rule out after boot.
pub(crate) fn bits128() -> Result<u128, getrandom::Error> {
    RANDOM.with_borrow_mut(|block| {
        if block.used + 16 > BLOCK {
            getrandom::fill(&mut block.bytes)?;
            block.used = 0;
        }
        let mut id = [0; 16];
        let taken = &mut block.bytes[block.used..block.used + 16];
        id.copy_from_slice(taken);
        // What was handed out is not kept.
        taken.fill(0);
        block.used += 16;
        Ok(u128::from_ne_bytes(id))
    })
}

/// `prefix` and 32 hexadecimal digits of randomness.
pub(crate) fn identifier(prefix: &str) -> Result<String, getrandom::Error> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let bits = bits128()?;
    let mut id = String::with_capacity(prefix.len() + 32);
    id.push_str(prefix);
    for shift in (0..32).rev() {
        id.push(char::from(DIGITS[(bits >> (shift * 4)) as usize & 15]));
    }
    Ok(id)
}
