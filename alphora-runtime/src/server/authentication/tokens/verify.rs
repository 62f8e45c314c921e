//! Whether a token is one of the issuer's, and whose it is.

use std::path::Path;
use std::sync::Arc;

use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Validation, decode, decode_header};
use serde_json::{Map, Value};

use super::key_set::{Key, KeySet};
use crate::error::Result;
use crate::principal::{Claims, Principal};
use crate::server::authentication::reread::RereadFile;
use crate::server::authentication::{AuthenticationError, Upkeep};
use crate::server::reread::FileHealth;

/// Tokens are longer than keys, and still shorter than this.
const LONGEST_TOKEN: usize = 8 * 1024;

/// Subjects become names in logs and keys in stores.
const LONGEST_SUBJECT: usize = 256;

/// How far the clocks of the issuer and of this server may be apart, in seconds.
const LEEWAY: u64 = 60;

/// Knows callers by the tokens of one issuer.
pub(in crate::server::authentication) struct Tokens {
    keys: Arc<RereadFile<KeySet>>,
    issuer: String,
    /// What a token has to say besides its algorithm.
    validation: Validation,
}

impl Tokens {
    pub(in crate::server::authentication) fn open(
        (file, health): (&Path, FileHealth),
        issuer: &str,
        audience: &str,
    ) -> Result<Self> {
        // Where another crate has turned on a second cryptography of jsonwebtoken's, it would have to be told which one
        // counts, and panics if nobody does. Whoever has said so before wins.
        let _ = jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER.install_default();
        let mut validation = Validation { leeway: LEEWAY, validate_nbf: true, ..Validation::default() };
        validation.set_issuer(&[issuer]);
        validation.set_audience(&[audience]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        Ok(Self { keys: RereadFile::open(file, health)?, issuer: issuer.to_owned(), validation })
    }

    /// Whether a bearer looks like a token: three parts. No key that this server is told to make does.
    pub(in crate::server::authentication) fn may_be(bearer: &str) -> bool {
        bearer.bytes().filter(|byte| *byte == b'.').count() == 2
    }

    /// Reads the issuer's keys again whenever they change.
    pub(in crate::server::authentication) fn upkeep(&self) -> Upkeep {
        Box::pin(self.keys.clone().watch())
    }

    /// Whose token this is, or why it does not count.
    pub(in crate::server::authentication) fn recognise(
        &self,
        token: &str,
    ) -> Result<Principal, AuthenticationError> {
        if token.len() > LONGEST_TOKEN {
            return Err(refused("it is longer than 8 KiB"));
        }
        let header = decode_header(token).map_err(|_| refused("it is not a signed JSON Web Token"))?;
        // An extension that must be understood is not.
        if header.crit.is_some() {
            return Err(refused("it asks for extensions that are not known here"));
        }
        let keys = self.keys.content();
        let key = keys.find(header.kid.as_deref()).ok_or_else(|| {
            refused("its `kid` names none of the issuer's keys, or it has none where there are several keys")
        })?;
        // The key says which algorithm counts, never the token.
        if header.alg != key.algorithm {
            return Err(refused("its `alg` is not that of the issuer's key"));
        }
        let claims = self.claims(token, key)?;
        // An issuer and a subject are one text each; a list of issuers would leave open whose word it is.
        if claims.get("iss").and_then(Value::as_str) != Some(&*self.issuer) {
            return Err(refused("it is not from the issuer that is known here"));
        }
        let subject = claims.get("sub").and_then(Value::as_str).filter(|subject| is_name(subject));
        let subject = subject.ok_or_else(|| refused("its `sub` is not a name of at most 256 bytes"))?;
        // The names of API keys and of their owners are the operator's, subjects are the issuer's, and often the user's
        // own choice: who calls themselves like an owner is not that owner.
        let owner = format!("{}#{subject}", self.issuer);
        Ok(Principal::new(subject).with_owner(owner).with_detail(Claims::new(claims)))
    }

    fn claims(&self, token: &str, key: &Key) -> Result<Map<String, Value>, AuthenticationError> {
        let validation = Validation { algorithms: vec![key.algorithm], ..self.validation.clone() };
        decode(token, &key.decoding, &validation).map(|decoded| decoded.claims).map_err(|error| {
            refused(match error.kind() {
                ErrorKind::ExpiredSignature => "it has expired",
                ErrorKind::ImmatureSignature => "it is not valid yet",
                ErrorKind::InvalidIssuer => "it is not from the issuer that is known here",
                ErrorKind::InvalidAudience => "it is not for this server",
                ErrorKind::MissingRequiredClaim(_) => "it needs `exp`, `iss`, `aud` and `sub`",
                _ => "its signature or its form is wrong",
            })
        })
    }
}

fn is_name(subject: &str) -> bool {
    !subject.is_empty()
        && subject.len() <= LONGEST_SUBJECT
        && subject.trim() == subject
        && !subject.chars().any(char::is_control)
}

fn refused(why: &str) -> AuthenticationError {
    AuthenticationError::InvalidCredential(format!("the token does not count here: {why}").into())
}
