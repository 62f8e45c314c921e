//! The file of an issuer's public keys: a JWK set.

use std::collections::HashSet;

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, DecodingKeyKind};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::server::authentication::mistakes::Mistakes;
use crate::server::authentication::reread::Reread;
use crate::shown::beginning;

/// More keys than any issuer has at a time.
const MOST: usize = 256;

/// A shorter RSA modulus can be taken apart.
const SHORTEST_MODULUS: usize = 2048 / 8;

/// The public keys by which tokens may be signed.
pub(super) struct KeySet(Vec<Key>);

/// A key, and the one algorithm that it is for: what a token says of its algorithm has to be the same.
pub(super) struct Key {
    id: Option<String>,
    pub(super) algorithm: Algorithm,
    pub(super) decoding: DecodingKey,
}

impl KeySet {
    /// The key that a token names; without a name, the only one.
    pub(super) fn find(&self, id: Option<&str>) -> Option<&Key> {
        match (id, self.0.as_slice()) {
            (Some(id), keys) => keys.iter().find(|key| key.id.as_deref() == Some(id)),
            (None, [only]) => Some(only),
            (None, _) => None,
        }
    }
}

impl Reread for KeySet {
    const NAME: &'static str = "JSON Web Keys";
    const EMPTY: &'static str = "write the issuer's public keys";
    const LARGEST: u64 = 1024 * 1024;

    fn read(text: &str) -> Result<Self, Mistakes> {
        #[derive(Deserialize)]
        struct Set {
            keys: Vec<Map<String, Value>>,
        }
        let set: Set = serde_json::from_str(text).map_err(|error| {
            // Not in the parser's words, which may repeat what is written there.
            format!("line {}: it is not a JWK set: write `{{\"keys\": [..]}}`", error.line())
        })?;
        if set.keys.len() > MOST {
            return Err(format!("it has {} keys: write at most {MOST}", set.keys.len()).into());
        }
        let (mut mistakes, mut ids, mut keys) = (Mistakes::default(), HashSet::new(), Vec::new());
        for (number, key) in set.keys.into_iter().enumerate() {
            let place = match key.get("kid").and_then(Value::as_str) {
                Some(id) => format!("key `{}`", beginning(id).escape_debug()),
                None => format!("key number {}", number + 1),
            };
            match Key::read(key) {
                Ok(Some(key)) => {
                    if !ids.insert(key.id.clone()) {
                        mistakes.add(|| format!("{place}: another key has the same `kid`, or none either"));
                    }
                    keys.push(key);
                }
                Ok(None) => {
                    tracing::debug!(key = place, "a JSON Web Key is not for signatures that are known here");
                }
                Err(mistake) => mistakes.add(|| format!("{place}: {mistake}")),
            }
        }
        if mistakes.is_empty() && keys.is_empty() {
            mistakes.add(|| "it has no key for RS256, PS256, ES256 or EdDSA".to_owned());
        }
        if mistakes.is_empty() { Ok(Self(keys)) } else { Err(mistakes) }
    }

    fn count(&self) -> usize {
        self.0.len()
    }
}

impl Key {
    /// `None` for a key of a kind or for a use that is not known here: an issuer may have such keys too.
    fn read(fields: Map<String, Value>) -> Result<Option<Self>, &'static str> {
        if fields.get("kty").and_then(Value::as_str) == Some("oct") {
            return Err("a symmetric key: whoever can check a token could make one; write public keys only");
        }
        if fields.contains_key("d") {
            return Err("a private key: leave out all but its public half, and take it as known to others");
        }
        let jwk: Jwk = Deserialize::deserialize(Value::Object(fields))
            .map_err(|_| "its fields are not those of a JSON Web Key")?;
        if jwk.common.public_key_use.as_ref().is_some_and(|of| *of != PublicKeyUse::Signature) {
            return Ok(None);
        }
        let Some(algorithm) = algorithm(&jwk) else { return Ok(None) };
        let key = DecodingKey::from_jwk(&jwk).map_err(|_| "its numbers are not base64url")?;
        match key.kind() {
            DecodingKeyKind::RsaModulusExponent { n, .. } if n.len() < SHORTEST_MODULUS => {
                Err("an RSA key of less than 2,048 bits: have the issuer make a longer one")
            }
            DecodingKeyKind::SecretOrDer(point) if point.len() != length(algorithm) => {
                Err("its numbers do not have the length of its curve")
            }
            _ => Ok(Some(Self { id: jwk.common.key_id, algorithm, decoding: key })),
        }
    }
}

/// The algorithm that a key is for. What it does not say, its kind does.
fn algorithm(jwk: &Jwk) -> Option<Algorithm> {
    let said = jwk.common.key_algorithm.as_ref();
    match (&jwk.algorithm, said) {
        (AlgorithmParameters::RSA(_), None | Some(KeyAlgorithm::RS256)) => Some(Algorithm::RS256),
        (AlgorithmParameters::RSA(_), Some(KeyAlgorithm::PS256)) => Some(Algorithm::PS256),
        (AlgorithmParameters::EllipticCurve(key), None | Some(KeyAlgorithm::ES256))
            if key.curve == EllipticCurve::P256 =>
        {
            Some(Algorithm::ES256)
        }
        (AlgorithmParameters::OctetKeyPair(key), None | Some(KeyAlgorithm::EdDSA))
            if key.curve == EllipticCurve::Ed25519 =>
        {
            Some(Algorithm::EdDSA)
        }
        _ => None,
    }
}

/// The bytes of a public key on a curve: a point of P-256 without compression, or one of Ed25519.
fn length(algorithm: Algorithm) -> usize {
    if algorithm == Algorithm::ES256 { 65 } else { 32 }
}
