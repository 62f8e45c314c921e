//! Where a model server is.

use reqwest::Url;

use crate::error::{Error, ErrorKind};
use crate::secret::Secret;

/// What is added to a base URL.
const ENDPOINT: &str = "/chat/completions";

/// The address of a model server's chat completions.
#[derive(Clone)]
pub(super) struct Address(Url);

impl Address {
    /// The chat completions under `base_url`. `option` is what the user calls the base URL.
    ///
    /// The words of its errors do not repeat the URL, which may hold a password.
    pub(super) fn under(base_url: &str, option: &str) -> Result<Self, Error> {
        const FORM: &str = "write one such as `http://127.0.0.1:8080/v1`";
        let refuse = |why: &str| Err(Error::new(ErrorKind::InvalidArgument, format!("{option} {why}")));
        let Ok(mut url) = Url::parse(base_url.trim()) else {
            return refuse(&format!("is not a URL: {FORM}"));
        };
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return refuse(&format!("does not begin with http:// or https://: {FORM}"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return refuse(
                "holds a user name or a password: give the key by `api_key`, which is never shown",
            );
        }
        if url.query().is_some() || url.fragment().is_some() {
            return refuse(&format!("has a query or a fragment: {FORM}, and give other values by `header`"));
        }
        let path = url.path().trim_end_matches('/').to_owned();
        if path.ends_with(ENDPOINT) {
            return refuse("names the endpoint itself: leave out `/chat/completions`, which is added");
        }
        url.set_path(&format!("{path}{ENDPOINT}"));
        Ok(Self(url))
    }

    pub(super) fn url(&self) -> Url {
        self.0.clone()
    }

    /// Scheme, host and port. The path is left out of all that is shown, because some gateways have keys in it.
    pub(super) fn origin(&self) -> String {
        self.0.origin().ascii_serialization()
    }

    /// What in the path of the base URL looks like a key, and the path itself then; a server may repeat it in its
    /// errors. The model's name, which is in the path at some servers, is none.
    pub(super) fn keys(&self, model_name: &str) -> Vec<Secret> {
        let path = self.0.path().trim_end_matches(ENDPOINT);
        let is_key = |segment: &&str| *segment != model_name && looks_like_a_key(segment);
        let mut keys: Vec<_> = path.split('/').filter(is_key).map(Secret::new).collect();
        if !keys.is_empty() {
            keys.push(Secret::new(path));
        }
        keys
    }

    /// Host and port.
    pub(super) fn server(&self) -> Option<(&str, u16)> {
        Some((self.0.host_str()?, self.0.port_or_known_default()?))
    }

    pub(super) fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }
}

/// Words and versions, which paths are made of elsewhere, are shorter or without digits.
fn looks_like_a_key(segment: &str) -> bool {
    segment.len() >= 12 && (segment.starts_with("sk-") || segment.bytes().any(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_in_a_path_are_told_from_words() {
        let keys = |base| {
            let address = Address::under(base, "base_url").unwrap();
            address.keys("gpt-4o-mini-2024").iter().map(|key| key.reveal().to_owned()).collect::<Vec<_>>()
        };
        for words in [
            "http://host",
            "http://host/v1beta1/openai",
            "http://host/compatible-mode/v1",
            "http://host/openai/deployments/gpt-4o-mini-2024/v1",
        ] {
            assert!(keys(words).is_empty(), "{words}");
        }
        assert_eq!(keys("http://host/0123456789ab/v1/"), ["0123456789ab", "/0123456789ab/v1"]);
        assert_eq!(keys("http://host/sk-abcdefghi"), ["sk-abcdefghi", "/sk-abcdefghi"]);
    }

    #[test]
    fn the_endpoint_is_added() {
        for (base, url) in [
            ("http://127.0.0.1:18080/v1", "http://127.0.0.1:18080/v1/chat/completions"),
            (" http://127.0.0.1:18080/v1/ \n", "http://127.0.0.1:18080/v1/chat/completions"),
            ("https://api.example", "https://api.example/chat/completions"),
            ("https://[::1]:1/a/b//", "https://[::1]:1/a/b/chat/completions"),
        ] {
            assert_eq!(Address::under(base, "base_url").unwrap().url().as_str(), url);
        }
        let address = Address::under("https://api.example/key/v1", "base_url").unwrap();
        assert_eq!((&*address.origin(), address.is_https()), ("https://api.example", true));
    }

    #[test]
    fn what_is_no_base_url_is_refused_without_repeating_it() {
        for (base, why) in [
            ("", "base_url is not a URL"),
            ("canary", "base_url is not a URL"),
            ("127.0.0.1:18080/v1", "base_url is not a URL"),
            ("localhost:18080/canary", "base_url does not begin with http:// or https://"),
            ("ftp://canary/v1", "base_url does not begin with http:// or https://"),
            ("http://canary@host/v1", "base_url holds a user name or a password"),
            ("http://user:canary@host/v1", "base_url holds a user name or a password"),
            ("http://host/v1?key=canary", "base_url has a query or a fragment"),
            ("http://host/v1#canary", "base_url has a query or a fragment"),
            ("http://host/canary/v1/chat/completions/", "base_url names the endpoint itself"),
        ] {
            let error = Address::under(base, "base_url").err().unwrap();
            assert_eq!(error.kind(), ErrorKind::InvalidArgument);
            assert!(error.to_string().starts_with(why), "{base}: {error}");
            assert!(!error.to_string().contains("canary"), "{error}");
        }
    }
}
