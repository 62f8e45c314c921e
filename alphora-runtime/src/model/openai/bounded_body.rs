//! A body that is read as a whole, up to a limit.

use reqwest::Response;

/// What has come of a body, up to a limit. It stays when reading is given up.
pub(super) struct BoundedBody {
    bytes: Vec<u8>,
    limit: usize,
}

/// How a body has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// All of it has come.
    Whole,
    /// There is more than the limit.
    TooLong,
    /// Its connection broke.
    Broken,
}

impl BoundedBody {
    /// `limit` in bytes.
    pub(super) fn new(limit: usize) -> Self {
        Self { bytes: Vec::new(), limit }
    }

    pub(super) async fn read(&mut self, mut response: Response) -> End {
        loop {
            match response.chunk().await {
                Ok(Some(piece)) if self.push(&piece) => {}
                Ok(Some(_)) => return End::TooLong,
                Ok(None) => return End::Whole,
                Err(_) => return End::Broken,
            }
        }
    }

    /// What has come, as text.
    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// Whether there was room for all of `piece`.
    fn push(&mut self, piece: &[u8]) -> bool {
        let room = self.limit - self.bytes.len();
        self.bytes.extend_from_slice(&piece[..piece.len().min(room)]);
        piece.len() <= room
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_itself_is_not_too_long() {
        let mut body = BoundedBody::new(4);
        assert!(body.push(b"ab") && body.push(b"cd") && body.push(b""));
        assert_eq!(body.text(), "abcd");
        assert!(!body.push(b"e"));
        let mut body = BoundedBody::new(4);
        assert!(!body.push(b"abcdef"));
        assert_eq!(body.text(), "abcd", "what has room is kept");
    }
}
