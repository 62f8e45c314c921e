//! The authentication that the configuration asks for.

use std::sync::Arc;

use http::HeaderMap;

use super::credential::Credential;
use super::keys::ApiKeys;
use super::reread::RereadFile;
#[cfg(feature = "jwt")]
use super::tokens::Tokens;
use super::{Authenticate, AuthenticateFuture, AuthenticationError, Upkeep};
use crate::config::{Mistakes, ServerConfig};
use crate::error::{Error, ErrorKind, Result};
use crate::principal::Principal;
use crate::server::reread::RereadFiles;

/// What says who a request is from: the program by itself, or the files that the configuration names.
///
/// What is wrong is noted: a file that cannot be used, options of which one needs another, or both a program and files,
/// because an operator who names a file must not believe that it counts.
pub(in crate::server) fn configured(
    server: &ServerConfig,
    own: Option<Arc<dyn Authenticate>>,
    files: &RereadFiles,
    mistakes: &mut Mistakes,
) -> Option<Arc<dyn Authenticate>> {
    let named = [("api_keys_file", &server.api_keys_file), ("jwt_keys_file", &server.jwt_keys_file)];
    let named = named.into_iter().find_map(|(option, file)| file.is_some().then_some(option));
    if let (Some(option), Some(_)) = (named, &own) {
        mistakes.add(mistake(format!(
            "`{option}` of the server is set, and this program says by itself who a request is from, with \
             `.authenticate(..)`: leave out one of them"
        )));
        return None;
    }
    let keys = mistakes.note(open_keys(server, files));
    #[cfg(feature = "jwt")]
    let tokens = mistakes.note(tokens(server, files));
    #[cfg(not(feature = "jwt"))]
    mistakes.note(without_tokens(server));
    if named.is_none() {
        return own;
    }
    Some(Arc::new(Configured {
        keys: keys?,
        #[cfg(feature = "jwt")]
        tokens: tokens?,
    }))
}

fn mistake(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Validation, message)
}

fn open_keys(server: &ServerConfig, files: &RereadFiles) -> Result<Option<Arc<RereadFile<ApiKeys>>>> {
    server.api_keys_file.as_deref().map(|file| RereadFile::open(file, files.add("api_keys"))).transpose()
}

#[cfg(feature = "jwt")]
fn tokens(server: &ServerConfig, files: &RereadFiles) -> Result<Option<Tokens>> {
    let Some(file) = &server.jwt_keys_file else {
        return without_file(server).map(|()| None);
    };
    match (server.jwt_issuer.as_deref(), server.jwt_audience.as_deref()) {
        (Some(issuer), Some(audience)) => {
            Tokens::open((file, files.add("jwt_keys")), issuer, audience).map(Some)
        }
        (issuer, _) => {
            let (option, what) = match issuer {
                None => ("jwt_issuer", "who issues the tokens, their `iss`"),
                Some(_) => ("jwt_audience", "whom the tokens are for, their `aud`"),
            };
            Err(mistake(format!(
                "`jwt_keys_file` of the server is set without `{option}`: write {what}; otherwise tokens that were \
                 issued for another service would count here"
            )))
        }
    }
}

#[cfg(not(feature = "jwt"))]
fn without_tokens(server: &ServerConfig) -> Result {
    if server.jwt_keys_file.is_some() {
        return Err(mistake(
            "`jwt_keys_file` of the server is set, and this program was built without JSON Web Tokens: add \
             `features = [\"jwt\"]` to its dependency on alphora",
        ));
    }
    without_file(server)
}

/// Who names an issuer believes that tokens are checked.
fn without_file(server: &ServerConfig) -> Result {
    let options = [("jwt_issuer", &server.jwt_issuer), ("jwt_audience", &server.jwt_audience)];
    match options.into_iter().find(|(_, value)| value.is_some()) {
        Some((option, _)) => Err(mistake(format!(
            "`{option}` of the server is set without `jwt_keys_file`, and no token is checked: name the file of the \
             issuer's public keys, or leave it out"
        ))),
        None => Ok(()),
    }
}

/// Knows callers by API keys, by tokens, or by both. At least one of them is there.
struct Configured {
    keys: Option<Arc<RereadFile<ApiKeys>>>,
    #[cfg(feature = "jwt")]
    tokens: Option<Tokens>,
}

impl Configured {
    fn recognise(&self, headers: &HeaderMap) -> Result<Principal, AuthenticationError> {
        let credential = Credential::of(headers)?;
        #[cfg(feature = "jwt")]
        if let (Some(tokens), Credential::Bearer(token)) = (&self.tokens, credential)
            && (self.keys.is_none() || Tokens::may_be(token))
        {
            return tokens.recognise(token);
        }
        let (Credential::Bearer(key) | Credential::Key(key)) = credential;
        match &self.keys {
            Some(keys) => keys.content().recognise(key),
            None => Err(AuthenticationError::unauthenticated()),
        }
    }
}

impl Authenticate for Configured {
    fn authenticate<'a>(&'a self, headers: &'a HeaderMap) -> AuthenticateFuture<'a> {
        Box::pin(async move { self.recognise(headers).map(Some) })
    }

    fn upkeep(&self) -> Option<Upkeep> {
        let keys = self.keys.clone().map(|keys| -> Upkeep { Box::pin(keys.watch()) });
        #[cfg(feature = "jwt")]
        let tokens = self.tokens.as_ref().map(Tokens::upkeep);
        #[cfg(not(feature = "jwt"))]
        let tokens: Option<Upkeep> = None;
        match (keys, tokens) {
            (Some(keys), Some(tokens)) => Some(Box::pin(async move {
                tokio::join!(keys, tokens);
            })),
            (keys, tokens) => keys.or(tokens),
        }
    }
}
