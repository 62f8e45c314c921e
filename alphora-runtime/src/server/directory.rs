//! Whether a directory can be used for sessions, found out without leaving anything behind.

use std::fs::OpenOptions;
use std::io::{self, ErrorKind};
use std::path::Path;

use crate::error::{AgentValidationError, Result};

/// Looks whether sessions could be kept in `directory`, which need not be there yet.
///
/// A file that is there is not opened as a database: the server that this one is to replace may have it.
///
/// # Errors
/// Nothing could be written there.
pub(super) fn check(directory: &Path) -> Result {
    look(directory).map_err(|error| {
        let reason = format!("sessions cannot be kept in {}: {error}", directory.display());
        let (place, option) = ("`data_dir` of the server".to_owned(), "data_dir".to_owned());
        AgentValidationError::UnusableOption { place, option, reason }.into()
    })
}

fn look(directory: &Path) -> io::Result<()> {
    match std::fs::metadata(directory) {
        Ok(found) if !found.is_dir() => return Err(io::Error::other("it is no directory")),
        Ok(_) => {}
        // It would be made; then its parent has to let us.
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let parent = directory.parent().filter(|parent| !parent.as_os_str().is_empty());
            return look(parent.unwrap_or_else(|| Path::new(".")));
        }
        Err(error) => return Err(error),
    }
    for entry in std::fs::read_dir(directory)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "redb") {
            OpenOptions::new().read(true).write(true).open(path)?;
        }
    }
    let probe = directory.join(format!(".alphora-check-{}", std::process::id()));
    drop(OpenOptions::new().write(true).create_new(true).open(&probe)?);
    std::fs::remove_file(probe)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_left_behind() {
        let place = std::env::temp_dir().join(format!("alphora-directory-{}", std::process::id()));
        std::fs::create_dir_all(&place).unwrap();
        check(&place).unwrap();
        check(&place.join("not/there/yet")).unwrap();
        assert_eq!(std::fs::read_dir(&place).unwrap().count(), 0);
        std::fs::write(place.join("file"), "").unwrap();
        let told = check(&place.join("file")).unwrap_err().to_string();
        assert!(told.starts_with("`data_dir` of the server: sessions cannot be kept in"), "{told}");
        assert!(told.ends_with("it is no directory"), "{told}");
        assert!(check(&place.join("file/below")).is_err());
        std::fs::remove_dir_all(place).unwrap();
    }
}
