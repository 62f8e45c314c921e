//! The API keys that count, and who is let in by them.

use std::fmt;

use http::HeaderMap;

use super::digest::Digest;
use super::file::{self, Entry};
use super::table::DigestTable;
use crate::clock::unix_now;
use crate::error::{AgentValidationError, Result};
use crate::principal::Principal;
use crate::server::authentication::credential::Credential;
use crate::server::authentication::mistakes::Mistakes;
use crate::server::authentication::reread::Reread;
use crate::server::authentication::{Authenticate, AuthenticateFuture, AuthenticationError};

/// No key is longer: what is not looked at costs nothing.
const LONGEST_KEY: usize = 1024;

/// API keys, by their SHA-256 digests. The keys themselves are nowhere: neither in the file nor here.
///
/// [`ServerConfig::api_keys_file`](crate::config::ServerConfig::api_keys_file) says how the file is written; a server
/// that is configured with one reads it again when it changes. These are the keys of one reading, for an
/// authentication of one's own and for tests:
///
/// ```
/// use alphora_runtime::server::ApiKeys;
///
/// let text = format!(
///     r#"
///         [keys.shop-frontend]
///         sha256 = "{}"
///         owner = "shop"
///         agents = ["support"]
///         requests_per_minute = 60
///     "#,
///     ApiKeys::digest("sk-a-long-random-text"),
/// );
/// let keys = ApiKeys::parse(&text)?;
/// let shop = keys.find("sk-a-long-random-text").unwrap();
/// assert_eq!((shop.name(), shop.owner()), ("shop-frontend", "shop"));
/// assert!(shop.may_use("support") && !shop.may_use("desk"));
/// assert!(keys.find("sk-another").is_none());
/// # Ok::<(), alphora_runtime::Error>(())
/// ```
///
/// A search takes the same number of instructions whether a key is there or not, and wherever it differs from one
/// that is.
pub struct ApiKeys {
    table: DigestTable,
    /// By their numbers in the table; the first one is nobody.
    known: Box<[Known]>,
}

struct Known {
    principal: Principal,
    /// Seconds since 1970; from then on the key does not count any more. Nobody has never counted.
    expires: u64,
}

impl ApiKeys {
    /// The keys that a file with this text lists.
    ///
    /// # Errors
    /// [`ErrorKind::Validation`](crate::ErrorKind::Validation): everything that is wrong with it, each with its line.
    pub fn parse(text: &str) -> Result<Self> {
        Self::read(text).map_err(|mistakes| {
            let place = "the API keys".to_owned();
            AgentValidationError::InvalidFile { place, reason: mistakes.to_string() }.into()
        })
    }

    /// What is written as `sha256` for this key: 64 hexadecimal digits. `printf %s "$KEY" | sha256sum` prints the same.
    pub fn digest(key: &str) -> String {
        Digest::of(key).to_hex()
    }

    /// Whose key this is, unless it is nobody's or has expired.
    pub fn find(&self, key: &str) -> Option<&Principal> {
        let known = self.look_up(key)?;
        (unix_now() < known.expires).then_some(&known.principal)
    }

    /// How many keys there are, without those that are disabled.
    pub fn len(&self) -> usize {
        self.known.len() - 1
    }

    /// Whether all keys are disabled.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whose key this is, expired or not; nobody, if it is none. `None` only says that it is too long to be one.
    fn look_up(&self, key: &str) -> Option<&Known> {
        if key.len() > LONGEST_KEY {
            return None;
        }
        self.known.get(self.table.find(&Digest::of(key)) as usize)
    }

    /// Whose key this is, or why it does not count.
    pub(in crate::server::authentication) fn recognise(
        &self,
        key: &str,
    ) -> Result<Principal, AuthenticationError> {
        match self.look_up(key) {
            Some(known) if unix_now() < known.expires => Ok(known.principal.clone()),
            // Who reads this has the key.
            Some(known) if known.expires != NEVER_COUNTED => Err(AuthenticationError::InvalidCredential(
                "this API key has expired: ask whoever runs this server for another one".into(),
            )),
            _ => Err(AuthenticationError::invalid_credential()),
        }
    }
}

const NEVER_COUNTED: u64 = 0;

impl Authenticate for ApiKeys {
    fn authenticate<'a>(&'a self, headers: &'a HeaderMap) -> AuthenticateFuture<'a> {
        Box::pin(async move {
            let (Credential::Bearer(key) | Credential::Key(key)) = Credential::of(headers)?;
            self.recognise(key).map(Some)
        })
    }
}

impl Reread for ApiKeys {
    const NAME: &'static str = "API keys";
    const EMPTY: &'static str = "write `[keys.name]` and below it `sha256 = \"..\"`";
    /// A hundred thousand keys and what is written about them.
    const LARGEST: u64 = 32 * 1024 * 1024;

    fn read(text: &str) -> Result<Self, Mistakes> {
        let entries = file::read(text)?;
        let mut known = vec![Known { principal: Principal::new(""), expires: NEVER_COUNTED }];
        let mut digests = Vec::with_capacity(entries.len());
        for Entry { principal, digests: own, expires } in entries {
            let number = u32::try_from(known.len()).map_err(|_| "there are too many keys")?;
            digests.extend(own.into_iter().map(|digest| (digest, number)));
            // A moment before 1970 has passed as well.
            known.push(Known { principal, expires: expires.unwrap_or(u64::MAX).max(1) });
        }
        Ok(Self { table: DigestTable::new(&digests), known: known.into() })
    }

    fn count(&self) -> usize {
        self.len()
    }
}

impl fmt::Debug for ApiKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiKeys").field("keys", &self.len()).finish_non_exhaustive()
    }
}
