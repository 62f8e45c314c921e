//! The key that a client sends, and what it is sent with.

use http::{HeaderMap, HeaderName, HeaderValue};
use sha2::{Digest as _, Sha256};

use crate::wire::RequestError;

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// How errors call it.
pub(super) const SHOWN: &str = "Idempotency-Key";

/// The longest key.
const LONGEST: usize = 255;

/// A request that has a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::server) struct Keyed {
    /// The digest of the key: what is claimed. Keys themselves are kept nowhere.
    pub(super) number: u128,
    /// The digest of the body.
    pub(super) body: [u8; 32],
}

/// The key that a request with this body has, if it has one.
pub(in crate::server) fn keyed(headers: &HeaderMap, body: &[u8]) -> Result<Option<Box<Keyed>>, RequestError> {
    match headers.get(IDEMPOTENCY_KEY) {
        None => Ok(None),
        Some(key) => read(headers, key, body).map(Some),
    }
}

#[cold]
fn read(headers: &HeaderMap, key: &HeaderValue, body: &[u8]) -> Result<Box<Keyed>, RequestError> {
    if headers.get_all(IDEMPOTENCY_KEY).iter().nth(1).is_some() {
        let message = format!("the header `{SHOWN}` was sent more than once: send one key");
        return Err(RequestError::invalid_value(SHOWN, message));
    }
    let key = key.as_bytes();
    if key.is_empty() || key.len() > LONGEST || !key.iter().all(u8::is_ascii_graphic) {
        let message = format!(
            "the header `{SHOWN}` has {} bytes, or others than visible ASCII characters: send 1 to {LONGEST} of those, a \
             new UUID for each request for example, and the same for its repetitions",
            key.len()
        );
        return Err(RequestError::invalid_value(SHOWN, message));
    }
    let digest = Sha256::new().chain_update(b"idempotency-key\0").chain_update(key).finalize();
    let number = digest.iter().take(16).fold(0, |number, byte| (number << 8) | u128::from(*byte));
    Ok(Box::new(Keyed { number, body: Sha256::digest(body).into() }))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn with(keys: &[&[u8]]) -> Result<Option<Box<Keyed>>, RequestError> {
        let mut headers = HeaderMap::new();
        for key in keys {
            headers.append(IDEMPOTENCY_KEY, HeaderValue::from_bytes(key).unwrap());
        }
        keyed(&headers, b"{}")
    }

    #[test]
    fn keys_differ_as_their_bytes_do() {
        assert_eq!(with(&[]), Ok(None));
        let number = |key: &str| with(&[key.as_bytes()]).unwrap().unwrap().number;
        assert_eq!(number("a"), number("a"));
        assert_ne!(number("a"), number("A"));
        assert_ne!(number("a"), number("\"a\""), "what is quoted is another key");
    }

    #[test]
    fn what_is_no_key_is_refused_with_its_name() {
        for wrong in
            [&[&b""[..]][..], &[b"a b"], &[b"a\tb"], &[&[b'a'; 256]], &["é".as_bytes()], &[b"a", b"a"]]
        {
            let error = with(wrong).unwrap_err();
            assert_eq!(
                (error.code(), error.param()),
                ("invalid_value", Some("Idempotency-Key")),
                "{wrong:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn a_key_is_1_to_255_visible_characters(key in proptest::collection::vec(any::<u8>(), 0..400)) {
            let Ok(value) = HeaderValue::from_bytes(&key) else { return Ok(()) };
            let mut headers = HeaderMap::new();
            headers.insert(IDEMPOTENCY_KEY, value);
            let is_key = (1..=255).contains(&key.len()) && key.iter().all(|byte| (0x21..=0x7e).contains(byte));
            prop_assert_eq!(keyed(&headers, b"").is_ok(), is_key);
        }

        #[test]
        fn every_visible_key_is_one(key in "[!-~]{1,255}", body in proptest::collection::vec(any::<u8>(), 0..64)) {
            let mut headers = HeaderMap::new();
            headers.insert(IDEMPOTENCY_KEY, HeaderValue::from_str(&key).unwrap());
            let read = keyed(&headers, &body).unwrap().unwrap();
            prop_assert_eq!(&read, &keyed(&headers, &body).unwrap().unwrap());
            let other = keyed(&headers, &[&body[..], b" "].concat()).unwrap().unwrap();
            prop_assert_eq!(read.number, other.number);
            prop_assert_ne!(read.body, other.body);
        }
    }
}
