//! What is behind an error, for those who read logs.

/// The words of the last error behind `error`: those of the operating system, of TLS or of HTTP. Its own, if there is
/// none.
pub(crate) fn root(error: &(dyn std::error::Error + 'static)) -> String {
    let mut root = error;
    while let Some(next) = root.source() {
        root = next;
    }
    root.to_string()
}
