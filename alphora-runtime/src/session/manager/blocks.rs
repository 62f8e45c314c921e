//! Messages in blocks that copies share.

use std::sync::Arc;

use crate::session::memory::json_bytes;
use crate::wire::Message;

/// How many messages a block has. The first message that is added to a copy costs a copy of fewer than these.
const BLOCK: usize = 32;

/// A full block. It never changes again.
type Block = Arc<[Message]>;

/// Messages, the earliest first. A copy costs the same however many there are.
#[derive(Debug, Clone, Default)]
pub(super) struct Blocks {
    full: Arc<Vec<Block>>,
    /// The latest messages, too few for a block.
    rest: Arc<Vec<Message>>,
    /// What the messages' JSON takes.
    bytes: usize,
}

impl Blocks {
    pub(super) fn push(&mut self, message: Message) {
        self.bytes = self.bytes.saturating_add(json_bytes(&message));
        // Copied here if another copy still has them.
        let rest = Arc::make_mut(&mut self.rest);
        rest.push(message);
        if rest.len() == BLOCK {
            let block = Block::from(std::mem::take(rest));
            Arc::make_mut(&mut self.full).push(block);
        }
    }

    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = &Message> {
        self.full.iter().flat_map(|block| block.iter()).chain(self.rest.iter())
    }

    pub(super) fn len(&self) -> usize {
        self.full.len() * BLOCK + self.rest.len()
    }

    /// What the messages' JSON takes, each by itself.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }
}

/// Only what is not shared is compared.
impl PartialEq for Blocks {
    fn eq(&self, other: &Self) -> bool {
        let same_blocks = || {
            let mut pairs = self.full.iter().zip(other.full.iter());
            Arc::ptr_eq(&self.full, &other.full) || pairs.all(|(a, b)| Arc::ptr_eq(a, b) || a == b)
        };
        self.len() == other.len()
            && self.bytes == other.bytes
            && (Arc::ptr_eq(&self.rest, &other.rest) || self.rest == other.rest)
            && same_blocks()
    }
}

impl Eq for Blocks {}
