//! Where a shared session store is, with what must not be seen of it.

use std::fmt;

use crate::secret::Secret;

/// The schemes, with the feature that each needs and whether it is there.
const SCHEMES: [(&str, &str, bool); 8] = [
    ("redis", "redis", cfg!(feature = "redis")),
    ("rediss", "redis", cfg!(feature = "redis")),
    ("redis+unix", "redis", cfg!(feature = "redis")),
    ("redis+sentinel", "redis", cfg!(feature = "redis")),
    ("redis+cluster", "redis", cfg!(feature = "redis")),
    ("valkey", "redis", cfg!(feature = "redis")),
    ("postgres", "postgres", cfg!(feature = "postgres")),
    ("postgresql", "postgres", cfg!(feature = "postgres")),
];

/// The URL of a shared session store, such as `redis://localhost:6379` or `postgres://alphora@localhost/alphora`.
///
/// Its user, password and parameters are shown to nobody: neither `Debug` nor `Display` nor an error has them.
#[derive(Clone, PartialEq, Eq)]
pub struct StoreUrl(Secret);

impl StoreUrl {
    /// The URL of a store that this build knows.
    ///
    /// # Errors
    /// Says what to write instead, without repeating the URL.
    pub fn parse(url: &str) -> Result<Self, String> {
        let url = url.trim();
        let Some((scheme, rest)) = url.split_once("://") else { return Err(unknown_scheme()) };
        let Some((_, feature, built)) = SCHEMES.iter().find(|(known, _, _)| *known == scheme) else {
            return Err(unknown_scheme());
        };
        if !built {
            return Err(format!(
                "this program was built without that store: add `features = [\"{feature}\"]` to its dependency on \
                 alphora"
            ));
        }
        if rest.is_empty() {
            return Err(format!("write a host after `{scheme}://`"));
        }
        Ok(Self(Secret::new(url)))
    }

    /// The scheme: `redis`, `postgres`, ...
    pub fn scheme(&self) -> &str {
        self.0.reveal().split_once("://").map_or("", |(scheme, _)| scheme)
    }

    /// All of it, for who connects.
    #[cfg_attr(
        not(any(feature = "redis", feature = "postgres")),
        expect(dead_code, reason = "no store of this build is reached by a URL")
    )]
    pub(crate) fn expose(&self) -> &str {
        self.0.reveal()
    }
}

fn unknown_scheme() -> String {
    "write a URL such as redis://localhost:6379 or postgres://user@localhost/database; for a file on this machine set \
     `data_dir` instead"
        .to_owned()
}

/// Scheme, hosts and path.
impl fmt::Display for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, rest) = self.0.reveal().split_once("://").unwrap_or_default();
        let (rest, parameters) = rest.find(['?', '#']).map_or((rest, ""), |at| rest.split_at(at));
        // A password may have any of these characters itself. What stands before the last `@` is not shown, and nothing
        // where that may be one of the password's: who connects takes it to end there.
        if parameters.contains('@') {
            return write!(f, "{scheme}://..");
        }
        let place = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
        write!(f, "{scheme}://{place}")
    }
}

impl fmt::Debug for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_user_nor_password_nor_parameters_are_shown() {
        for url in [
            "redis://me:s3cret@host:1/0?password=s3cret",
            "postgres://me:s3@cret@a,b/db#s3cret",
            "postgres://me:cret#cret@host/db",
            "postgres://me:cret?cret@host/db",
            "redis://me@host?password=s3@cret",
            "redis://host/0?password=@cret",
        ] {
            let shown = format!("{0} {0:?}", StoreUrl(Secret::new(url)));
            assert!(!shown.contains("cret") && !shown.contains("me:"), "{shown}");
        }
        assert_eq!(StoreUrl(Secret::new("redis://u:p@h:1/2?x=y")).to_string(), "redis://h:1/2");
    }

    #[test]
    fn what_is_no_store_is_told_what_to_write() {
        for wrong in ["", "redis", "mysql://s3cret@host", "localhost:6379", "redis:/x"] {
            let told = StoreUrl::parse(wrong).unwrap_err();
            assert!(told.contains("redis://localhost:6379") && !told.contains("s3cret"), "{told}");
        }
    }
}
