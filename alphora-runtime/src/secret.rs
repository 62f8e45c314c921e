//! What no text may show: keys, tokens, and addresses with passwords in them.

#[cfg(feature = "llm")]
use std::borrow::Cow;
use std::fmt;
#[cfg(feature = "llm")]
use std::sync::Arc;

/// What stands in the place of a key.
const REPLACEMENT: &str = "[redacted]";

/// The shortest text that is taken for a secret. Local servers are given keys such as `x`, which are none, and to
/// replace every `x` of an error would make it unreadable.
#[cfg(feature = "llm")]
const SHORTEST: usize = 4;

/// A text that is sent and never shown: it has no `Display`, and its `Debug` says nothing.
///
/// It is not wiped from memory when it is dropped: each header and each connection that is made of it has a copy that
/// belongs to somebody else.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Secret(String);

impl Secret {
    /// White space around a key is never part of it: files and variables end in line feeds.
    pub(crate) fn new(text: &str) -> Self {
        Self(text.trim().to_owned())
    }

    /// The text itself, for who sends it and for nobody else.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REPLACEMENT)
    }
}

/// Takes secrets out of texts that come from elsewhere: servers like to repeat the key that they refuse.
#[cfg(feature = "llm")]
#[derive(Clone, Default)]
pub(crate) struct Redaction(Arc<[String]>);

#[cfg(feature = "llm")]
impl Redaction {
    pub(crate) fn of<'s>(secrets: impl IntoIterator<Item = &'s Secret>) -> Self {
        let mut forms = Vec::new();
        for Secret(text) in secrets {
            if text.len() < SHORTEST {
                continue;
            }
            // In an error body that was not read as JSON, a slash may be escaped.
            if text.contains('/') {
                forms.push(text.replace('/', "\\/"));
            }
            forms.push(text.clone());
        }
        // The longest first, so that of a secret which contains another one nothing is left over.
        forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
        Self(forms.into())
    }

    /// `text` without any secret.
    pub(crate) fn apply<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut clean = Cow::Borrowed(text);
        for secret in &*self.0 {
            if clean.contains(secret.as_str()) {
                clean = Cow::Owned(clean.replace(secret.as_str(), REPLACEMENT));
            }
        }
        clean
    }

    /// The beginning of `text` without any secret, at most `bytes` of it. It is cut afterwards, so that not a part
    /// of a secret is left over.
    pub(crate) fn excerpt(&self, text: &str, bytes: usize) -> String {
        let mut clean = self.apply(text).into_owned();
        clean.truncate(clean.floor_char_boundary(bytes));
        clean
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_not_shown() {
        let secret = Secret::new(" sk-a/b\n");
        assert_eq!(secret.reveal(), "sk-a/b");
        assert_eq!(format!("{secret:?} {:?}", Some(&secret)), "[redacted] Some([redacted])");
    }

    #[cfg(feature = "llm")]
    #[test]
    fn secrets_leave_every_text() {
        let secrets = [Secret::new("sk-a/b"), Secret::new("sk-a/b-longer"), Secret::new("x")];
        let redaction = Redaction::of(&secrets);
        assert_eq!(redaction.apply("bad key sk-a/b, excuse me"), "bad key [redacted], excuse me");
        assert_eq!(redaction.apply("sk-a/b-longer sk-a\\/b"), "[redacted] [redacted]");
        assert!(matches!(redaction.apply("nothing"), Cow::Borrowed("nothing")));
        assert_eq!(redaction.excerpt("é sk-a/b-longer", 9), "é [redac");
        assert_eq!(redaction.excerpt("é", 1), "");
    }
}
