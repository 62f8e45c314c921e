//! placeholder
use crate::error::Error;
/// s
#[derive(Debug, Clone, Default)]
pub struct DataStreamer;
impl DataStreamer {
    /// s
    pub fn is_stopped(&self) -> bool { false }
    /// s
    pub fn capture() -> Self { Self }
    /// t
    pub async fn text(&self, text: impl AsRef<str>) -> Result<(), Error> { let _ = text.as_ref(); Ok(()) }
    /// t
    pub async fn send(&self, kind: impl AsRef<str>, text: impl AsRef<str>) -> Result<(), Error> { let _ = (kind.as_ref(), text.as_ref()); Ok(()) }
    /// t
    pub async fn stop(&self) -> Result<(), Error> { Ok(()) }
}
