//! A folder of a test's own.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{env, fs, io};

/// How long its path may be, in bytes: that of a socket in it may have a hundred.
const LONGEST: usize = 60;

/// A new folder, which is removed when this is dropped.
#[derive(Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// Creates one among the system's temporary ones, where a server that runs as another user can be let in. Of `name`
    /// the ASCII letters are part of its path.
    ///
    /// # Errors
    /// No folder of temporary files may be written to and entered by all users.
    pub fn create(name: &str) -> io::Result<Self> {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let letters: String = name.chars().filter(char::is_ascii_alphabetic).collect();
        loop {
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            let name = format!("alphora-{}-{number}-{letters}", std::process::id());
            let parents = [env::temp_dir(), PathBuf::from("/tmp"), PathBuf::from("/var/tmp")];
            let fits = |parent: &&PathBuf| parent.join(&name).as_os_str().len() <= LONGEST && is_open(parent);
            let parent = parents.iter().find(fits).ok_or_else(|| {
                io::Error::other("there is no folder of temporary files that all users may enter")
            })?;
            let path = parent.join(name);
            match fs::create_dir(&path) {
                Ok(()) => return Ok(Self(path)),
                // A process with the same number was killed before it could remove it.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Writes a file as `mv` does, so that nobody sees half of it, and gives its path.
    pub fn put(&self, name: &str, text: &str) -> PathBuf {
        let (path, new) = (self.0.join(name), self.0.join(format!("{name}.new")));
        fs::write(&new, text).unwrap();
        fs::rename(&new, &path).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed is left to the system.
        drop(fs::remove_dir_all(&self.0));
    }
}

/// Whether every user may enter a folder.
#[cfg(unix)]
fn is_open(folder: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;

    folder.ancestors().all(|folder| fs::metadata(folder).is_ok_and(|folder| folder.mode() & 0o001 != 0))
}

#[cfg(not(unix))]
fn is_open(folder: &Path) -> bool {
    folder.is_dir()
}
