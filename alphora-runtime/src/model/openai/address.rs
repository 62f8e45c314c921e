//! Where a model server is.

use reqwest::Url;

use crate::error::{Error, ErrorKind};

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
        if path.ends_with("/chat/completions") {
            return refuse("names the endpoint itself: leave out `/chat/completions`, which is added");
        }
        url.set_path(&format!("{path}/chat/completions"));
        Ok(Self(url))
    }

    pub(super) fn url(&self) -> Url {
        self.0.clone()
    }

    /// Scheme, host and port. The path is left out of all that is shown, because some gateways have keys in it.
    pub(super) fn origin(&self) -> String {
        self.0.origin().ascii_serialization()
    }

    pub(super) fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
