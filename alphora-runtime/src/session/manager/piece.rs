//! What was added to a memory, to be stored by itself: `{"after":12,"added":{..}}`.
//!
//! `after` is how many messages there were before, so that no piece can be missing, doubled or misplaced without being
//! noticed. `added` is the stored form of a memory that has nothing but the messages that were added. Their ids are
//! in it, also where they do not go on from those before.

use serde::{Deserialize, Serialize};

use super::{MemoryManager, stored};
use crate::error::{Error, ErrorKind};
use crate::hidden::json_problem;
use crate::session::Memory;

#[derive(Serialize, Deserialize)]
struct Piece {
    after: usize,
    added: MemoryManager,
}

pub(super) fn appended(memory: &MemoryManager, before: &MemoryManager) -> Option<Vec<u8>> {
    let entries = memory.entries.since(&before.entries)?.cloned();
    let mut added = MemoryManager::default();
    added.entries.replace(entries, memory.entries.next());
    serde_json::to_vec(&Piece { after: before.len(), added }).ok()
}

pub(super) fn apply(memory: &mut MemoryManager, from: u32, piece: &[u8]) -> Result<(), Error> {
    if from == 0 || from > MemoryManager::VERSION {
        return Err(Error::new(ErrorKind::Memory, stored::unknown(from)));
    }
    let Piece { after, added } = serde_json::from_slice(piece).map_err(|error| {
        let problem =
            format!("messages that were added in version {from} cannot be read: {}", json_problem(&error));
        Error::new(ErrorKind::Memory, problem)
    })?;
    if after != memory.len() {
        let problem =
            format!("messages that were added after {after} others do not follow on {}", memory.len());
        return Err(Error::new(ErrorKind::Memory, problem));
    }
    let (next, given) = (added.entries.next(), memory.entries.next());
    if next < given || added.entries.iter().any(|entry| entry.id.0 < given) {
        let problem = "messages that were added have ids that others have had before them";
        return Err(Error::new(ErrorKind::Memory, problem));
    }
    memory.entries.extend(&added.entries);
    Ok(())
}
