//! A disk that loses power: of what was written since the last sync, some sectors are there and some are not.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use alphora_tests::chaos::Random;
use redb::StorageBackend;

/// What a disk writes as a whole.
const SECTOR: usize = 512;

#[derive(Debug, Clone)]
pub(super) struct Disk(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    /// What is read.
    seen: Vec<u8>,
    /// What was there at the last sync.
    synced: Vec<u8>,
    /// What was done since, in its order.
    unsynced: Vec<Change>,
    /// How many operations are left before the power fails.
    left: usize,
}

#[derive(Debug)]
enum Change {
    Write { offset: usize, data: Vec<u8> },
    Length(usize),
}

impl Disk {
    /// A disk with these bytes, whose power fails after so many operations.
    pub(super) fn new(bytes: Vec<u8>, operations: usize) -> Self {
        let state = State { seen: bytes.clone(), synced: bytes, unsynced: Vec::new(), left: operations };
        Self(Arc::new(Mutex::new(state)))
    }

    pub(super) fn has_failed(&self) -> bool {
        self.state().left == 0
    }

    /// What is on the disk when its power comes back, and how many writes were lost or torn. Each sector of each
    /// unsynced write is there with the same probability, which may be that of none or all of them.
    pub(super) fn after_power_cut(&self, random: &mut Random) -> (Vec<u8>, usize) {
        let mut state = self.state();
        state.left = 0;
        let kept_of_a_hundred = random.pick(&[0, 10, 50, 90, 100]);
        let mut bytes = state.synced.clone();
        let mut lost = 0;
        let mut is_kept = |lost: &mut usize| {
            let is_kept = random.below(100) < kept_of_a_hundred;
            *lost += usize::from(!is_kept);
            is_kept
        };
        for change in &state.unsynced {
            match change {
                Change::Length(length) if is_kept(&mut lost) => bytes.resize(*length, 0),
                Change::Length(_) => {}
                Change::Write { offset, data } => {
                    let mut at = *offset;
                    let end = offset + data.len();
                    while at < end {
                        let next = ((at / SECTOR + 1) * SECTOR).min(end);
                        if is_kept(&mut lost) {
                            bytes.resize(bytes.len().max(next), 0);
                            bytes[at..next].copy_from_slice(&data[at - offset..next - offset]);
                        }
                        at = next;
                    }
                }
            }
        }
        (bytes, lost)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One more operation, unless that is the one in which the power fails.
    fn operate(&self) -> io::Result<MutexGuard<'_, State>> {
        let mut state = self.state();
        state.left = state.left.saturating_sub(1);
        if state.left == 0 { Err(io::Error::other("the power has failed")) } else { Ok(state) }
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> io::Result<u64> {
        let state = self.state();
        if state.left == 0 {
            Err(io::Error::other("the power has failed"))
        } else {
            Ok(state.seen.len() as u64)
        }
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let state = self.state();
        let at = usize::try_from(offset).map_err(io::Error::other)?;
        out.copy_from_slice(state.seen.get(at..at + out.len()).ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let length = usize::try_from(len).map_err(io::Error::other)?;
        let mut state = self.operate()?;
        state.seen.resize(length, 0);
        state.unsynced.push(Change::Length(length));
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut state = self.operate()?;
        let State { seen, synced, unsynced, .. } = &mut *state;
        for change in std::mem::take(unsynced) {
            match change {
                Change::Write { offset, data } => synced[offset..offset + data.len()].copy_from_slice(&data),
                Change::Length(length) => synced.resize(length, 0),
            }
        }
        debug_assert_eq!(seen.len(), synced.len());
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let offset = usize::try_from(offset).map_err(io::Error::other)?;
        // The write during which the power fails may be there in part.
        let mut state = self.state();
        if state.left == 0 {
            return Err(io::Error::other("the power has failed"));
        }
        state.left -= 1;
        let end = offset + data.len();
        state.seen.get_mut(offset..end).ok_or(io::ErrorKind::UnexpectedEof)?.copy_from_slice(data);
        state.unsynced.push(Change::Write { offset, data: data.to_vec() });
        if state.left == 0 { Err(io::Error::other("the power has failed")) } else { Ok(()) }
    }
}
