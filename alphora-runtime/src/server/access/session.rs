//! A session's id as a log may have it.

use std::fmt;

use sha2::{Digest as _, Sha256};

/// Where nobody has to say who they are, whoever knows a session's id can read the session: then a log has the
/// beginning of the id's digest, which is the same for the same session and opens none. Where sessions have owners, it
/// has the id.
#[derive(Clone, PartialEq, Eq)]
pub(in crate::server) struct SessionForLog(Box<str>);

impl SessionForLog {
    pub(in crate::server) fn new(id: &str, is_owned: bool) -> Self {
        if is_owned {
            return Self(id.into());
        }
        let digest: [u8; 32] = Sha256::digest(id.as_bytes()).into();
        let beginning = digest.iter().take(8).fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
        Self(format!("sha256:{beginning:016x}").into_boxed_str())
    }

    pub(in crate::server) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SessionForLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::SessionForLog;

    #[test]
    fn an_id_that_opens_a_session_is_not_shown() {
        assert_eq!(SessionForLog::new("user-001", true).as_str(), "user-001");
        let shown = SessionForLog::new("abc", false);
        assert_eq!(shown.as_str(), "sha256:ba7816bf8f01cfea", "as `printf abc | sha256sum` begins");
    }
}
