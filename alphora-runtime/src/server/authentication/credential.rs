//! What a request shows to say who it is from.

use http::header::{AUTHORIZATION, HeaderMap, HeaderName};

use super::AuthenticationError;

/// Where clients that do not speak OpenAI's dialect put their keys: Anthropic's, and Azure's.
const KEY_HEADERS: [HeaderName; 2] =
    [HeaderName::from_static("x-api-key"), HeaderName::from_static("api-key")];

/// What a request shows. It comes from its headers only: a URL is written into logs on its way.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Credential<'a> {
    /// Of `Authorization: Bearer`: a key, or a token.
    Bearer(&'a str),
    /// Of a header that is for keys alone.
    Key(&'a str),
}

impl<'a> Credential<'a> {
    /// What `headers` show. A bearer wins over a key's own header, which then may be meant for somebody else.
    pub(super) fn of(headers: &'a HeaderMap) -> Result<Self, AuthenticationError> {
        let mut authorizations = headers.get_all(AUTHORIZATION).iter();
        if let Some(value) = authorizations.next() {
            // Whoever reads another one of them than we do would see another caller.
            if authorizations.next().is_some() {
                return Err(AuthenticationError::Unauthenticated(
                    "the request has more than one `Authorization`: send one".into(),
                ));
            }
            if let Some(bearer) = bearer(value.as_bytes()) {
                return text(bearer).map(Self::Bearer);
            }
        }
        let mut keys =
            KEY_HEADERS.into_iter().flat_map(|name| headers.get_all(name)).filter(|key| !key.is_empty());
        let Some(key) = keys.next() else { return Err(AuthenticationError::unauthenticated()) };
        // The same holds here. Some clients send one key under both names.
        if keys.any(|other| other != key) {
            return Err(AuthenticationError::Unauthenticated(
                "the request has more than one key in `x-api-key` and `api-key`: send one".into(),
            ));
        }
        text(key.as_bytes()).map(Self::Key)
    }
}

/// What follows the scheme, whose letters count in either case.
fn bearer(value: &[u8]) -> Option<&[u8]> {
    let (scheme, rest) = value.split_at_checked(b"bearer".len())?;
    let (b' ', _) = rest.split_first()? else { return None };
    let rest = rest.trim_ascii();
    (scheme.eq_ignore_ascii_case(b"bearer") && !rest.is_empty()).then_some(rest)
}

/// Keys and tokens are printable ASCII; whatever is not is not known.
fn text(value: &[u8]) -> Result<&str, AuthenticationError> {
    let text =
        std::str::from_utf8(value).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_graphic()));
    text.ok_or_else(AuthenticationError::invalid_credential)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn shown(headers: &[(&'static str, &[u8])]) -> Result<String, AuthenticationError> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, HeaderValue::from_bytes(value).unwrap());
        }
        Credential::of(&map).map(|credential| match credential {
            Credential::Bearer(text) => format!("bearer {text}"),
            Credential::Key(text) => format!("key {text}"),
        })
    }

    #[test]
    fn a_bearer_is_found_whatever_the_letters_of_its_scheme() {
        for scheme in ["Bearer", "bearer", "BEARER"] {
            let value = format!("{scheme}  sk-1 ");
            assert_eq!(shown(&[("authorization", value.as_bytes())]), Ok("bearer sk-1".to_owned()));
        }
        assert_eq!(shown(&[("x-api-key", b"sk-2")]), Ok("key sk-2".to_owned()));
        assert_eq!(
            shown(&[("api-key", b"sk-3"), ("authorization", b"Bearer sk-1")]),
            Ok("bearer sk-1".to_owned())
        );
        assert_eq!(
            shown(&[("authorization", b"Basic abc"), ("api-key", b"sk-3")]),
            Ok("key sk-3".to_owned())
        );
    }

    #[test]
    fn nothing_is_not_the_same_as_something_wrong() {
        let nothing = Err(AuthenticationError::unauthenticated());
        for value in ["", "Bearer", "Bearer ", "Bearer   ", "Basic abc", "Bearersk-1", "sk-1", "ば"] {
            assert_eq!(shown(&[("authorization", value.as_bytes())]), nothing, "{value}");
        }
        assert_eq!(shown(&[]), nothing);
        assert_eq!(shown(&[("api-key", b"")]), nothing);
        let wrong = Err(AuthenticationError::invalid_credential());
        assert_eq!(shown(&[("authorization", b"Bearer a b")]), wrong);
        assert_eq!(shown(&[("authorization", b"Bearer \xff")]), wrong);
        assert_eq!(shown(&[("x-api-key", "ключ".as_bytes())]), wrong);
    }

    #[test]
    fn two_keys_are_none() {
        for (first, second) in [("x-api-key", "x-api-key"), ("x-api-key", "api-key"), ("api-key", "api-key")]
        {
            let two = shown(&[(first, b"sk-1"), (second, b"sk-2")]);
            assert!(
                matches!(&two, Err(AuthenticationError::Unauthenticated(words)) if words.contains("more than one")),
                "{two:?}"
            );
            assert_eq!(shown(&[(first, b"sk-1"), (second, b"sk-1")]), Ok("key sk-1".to_owned()));
            assert_eq!(shown(&[(first, b""), (second, b"sk-1")]), Ok("key sk-1".to_owned()));
        }
    }

    #[test]
    fn two_authorizations_are_none() {
        let two = shown(&[("authorization", b"Bearer a"), ("authorization", b"Bearer a")]);
        assert!(
            matches!(two, Err(AuthenticationError::Unauthenticated(words)) if words.contains("more than one"))
        );
    }
}
