//! Keys of sessions as bytes, in the order in which they are listed.
//!
//! A text is its bytes and an end, so that no key is the beginning of another one: `00` ends it, and a `00` in it
//! is written `00 FF`, which no text contains. An owner is `01` if anonymous, else `02` and its name.

use std::sync::Arc;

use crate::session::{Owner, SessionId, SessionKey};

const END: u8 = 0;
const ESCAPE: u8 = 0xFF;
const ANONYMOUS: u8 = 1;
const NAMED: u8 = 2;

/// A key as it is stored.
pub(super) type Key = Arc<[u8]>;

/// The key of a session.
pub(super) fn encode(key: &SessionKey) -> Key {
    let mut bytes = of_owner(key.agent(), key.owner());
    text(&mut bytes, key.id().as_str());
    bytes.into()
}

/// What the keys of all sessions of one owner with one agent begin with.
pub(super) fn of_owner(agent: &str, owner: &Owner) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(agent.len() + owner.name().map_or(0, str::len) + 40);
    text(&mut bytes, agent);
    match owner.name() {
        None => bytes.push(ANONYMOUS),
        Some(name) => {
            bytes.push(NAMED);
            text(&mut bytes, name);
        }
    }
    bytes
}

/// The owner's part of a key, for named owners.
pub(super) fn named_owner(key: &[u8]) -> Option<&[u8]> {
    let owner = &key[end_of_text(key)?..];
    match owner.split_first()? {
        (&NAMED, name) => name.get(..end_of_text(name)?),
        _ => None,
    }
}

/// The id of a key that begins with `prefix`, which is an owner's.
pub(super) fn id(key: &[u8], prefix: &[u8]) -> Option<SessionId> {
    let (end, id) = key.strip_prefix(prefix)?.split_last()?;
    if *end != END {
        return None;
    }
    SessionId::parse(std::str::from_utf8(id).ok()?).ok()
}

/// The first bytes that are behind everything of an owner, or of a scope of one, whose keys begin with `prefix`.
/// Another owner's may begin with it too, if the name goes on after a `00`: then `FF` follows, and nowhere else.
pub(super) fn behind(mut prefix: Vec<u8>) -> Vec<u8> {
    prefix.push(ESCAPE);
    prefix
}

/// The key of a piece of a session's record. The snapshot is the first.
pub(super) fn piece(key: &[u8], ordinal: u32) -> Vec<u8> {
    [key, &ordinal.to_be_bytes()].concat()
}

fn text(bytes: &mut Vec<u8>, text: &str) {
    for byte in text.bytes() {
        bytes.push(byte);
        if byte == END {
            bytes.push(ESCAPE);
        }
    }
    bytes.push(END);
}

/// Where the text ends with which `bytes` begin, behind its end.
fn end_of_text(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        at += bytes.get(at..)?.iter().position(|byte| *byte == END)? + 1;
        if bytes.get(at) != Some(&ESCAPE) {
            return Some(at);
        }
        at += 1;
    }
}
