//! The headers that came with a request, without knowing HTTP.

use std::fmt;
use std::sync::Arc;

/// Where headers are read from: a list, or a server's own map.
pub trait HeaderSource: Send + Sync {
    /// The first value of header `name`, whatever the case of its letters.
    fn get(&self, name: &str) -> Option<&str>;

    /// All headers with their values, names in lower case. A header that was sent twice occurs twice.
    fn iter(&self) -> Box<dyn Iterator<Item = (&str, &str)> + '_>;
}

/// The headers of a request. A clone shares them.
#[derive(Clone, Default)]
pub struct Headers(Option<Arc<dyn HeaderSource>>);

impl Headers {
    /// The headers that `source` has.
    pub fn new(source: impl HeaderSource + 'static) -> Self {
        Self(Some(Arc::new(source)))
    }

    /// The first value of header `name`, whatever the case of its letters.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.as_ref()?.get(name)
    }

    /// All headers with their values, names in lower case.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().flat_map(|source| source.iter())
    }
}

impl<N: AsRef<str>, V: Into<String>> FromIterator<(N, V)> for Headers {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(headers: I) -> Self {
        let headers =
            headers.into_iter().map(|(name, value)| (name.as_ref().to_ascii_lowercase(), value.into()));
        Self::new(List(headers.collect()))
    }
}

impl fmt::Debug for Headers {
    /// What may be a secret is left out, as it is from logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |(name, value)| (name, if is_harmless(name) { value } else { "[redacted]" });
        f.debug_map().entries(self.iter().map(shown)).finish()
    }
}

/// Whether a header carries nothing that only its receiver may know. Everybody invents names for headers with keys in
/// them, so that the harmless ones are listed.
fn is_harmless(name: &str) -> bool {
    const NAMES: [&str; 10] = [
        "accept",
        "accept-encoding",
        "accept-language",
        "connection",
        "content-encoding",
        "content-length",
        "content-type",
        "host",
        "transfer-encoding",
        "user-agent",
    ];
    NAMES.iter().any(|known| known.eq_ignore_ascii_case(name))
}

struct List(Vec<(String, String)>);

impl HeaderSource for List {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| &**value)
    }

    fn iter(&self) -> Box<dyn Iterator<Item = (&str, &str)> + '_> {
        Box::new(self.0.iter().map(|(name, value)| (&**name, &**value)))
    }
}
