//! A disk in memory that a test fills, breaks and mends.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use redb::StorageBackend;

use super::EmbeddedStore;
use crate::session::store::StoreLimits;

#[derive(Debug, Clone, Default)]
pub(super) struct Disk(Arc<State>);

#[derive(Debug, Default)]
struct State {
    bytes: Mutex<Vec<u8>>,
    is_full: AtomicBool,
    is_broken: AtomicBool,
}

impl Disk {
    pub(super) fn open(&self) -> Arc<EmbeddedStore> {
        let disk = self.clone();
        let open = move || Ok(Box::new(disk.clone()) as Box<dyn StorageBackend>);
        Arc::new(EmbeddedStore::with_backend(open, StoreLimits::default()).unwrap())
    }

    pub(super) fn set_full(&self, is_full: bool) {
        self.0.is_full.store(is_full, Ordering::SeqCst);
    }

    pub(super) fn set_broken(&self, is_broken: bool) {
        self.0.is_broken.store(is_broken, Ordering::SeqCst);
    }

    fn works(&self) -> io::Result<()> {
        if self.0.is_broken.load(Ordering::SeqCst) { Err(io::Error::other("it is broken")) } else { Ok(()) }
    }

    fn has_room(&self) -> io::Result<()> {
        self.works()?;
        if self.0.is_full.load(Ordering::SeqCst) { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> io::Result<u64> {
        self.works()?;
        Ok(self.0.bytes.lock().unwrap().len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.works()?;
        let at = usize::try_from(offset).unwrap();
        let bytes = self.0.bytes.lock().unwrap();
        out.copy_from_slice(bytes.get(at..at + out.len()).ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.has_room()?;
        self.0.bytes.lock().unwrap().resize(usize::try_from(len).unwrap(), 0);
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        self.works()
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.has_room()?;
        let at = usize::try_from(offset).unwrap();
        self.0.bytes.lock().unwrap()[at..at + data.len()].copy_from_slice(data);
        Ok(())
    }
}
