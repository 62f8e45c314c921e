//! An issuer of tokens: keys of every kind, made for a test, and what they sign.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RSA_PSS_SHA256,
    RsaKeyPair,
};
use aws_lc_rs::{hmac, signature};
use serde_json::{Value, json};

/// One of an issuer's keys.
pub(super) enum Signer {
    Rsa(RsaKeyPair, &'static dyn signature::RsaEncoding),
    Ec(EcdsaKeyPair),
    Ed(Ed25519KeyPair),
}

impl Signer {
    /// A new key for this algorithm.
    pub(super) fn new(algorithm: &str) -> Self {
        match algorithm {
            "RS256" => Self::Rsa(RsaKeyPair::generate(KeySize::Rsa2048).unwrap(), &RSA_PKCS1_SHA256),
            "PS256" => Self::Rsa(RsaKeyPair::generate(KeySize::Rsa2048).unwrap(), &RSA_PSS_SHA256),
            "ES256" => Self::Ec(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap()),
            "EdDSA" => Self::Ed(Ed25519KeyPair::generate().unwrap()),
            other => panic!("no issuer signs with {other}"),
        }
    }

    /// Its public half as a JSON Web Key.
    pub(super) fn public(&self, id: &str, algorithm: &str) -> Value {
        let mut key = match self {
            Self::Rsa(key, _) => {
                let number =
                    |bytes: &[u8]| base64url(&bytes[bytes.iter().take_while(|byte| **byte == 0).count()..]);
                let modulus = key.public_key().modulus().big_endian_without_leading_zero().to_vec();
                let exponent = key.public_key().exponent().big_endian_without_leading_zero().to_vec();
                json!({ "kty": "RSA", "n": number(&modulus), "e": number(&exponent) })
            }
            Self::Ec(key) => {
                let (x, y) = key.public_key().as_ref()[1..].split_at(32);
                json!({ "kty": "EC", "crv": "P-256", "x": base64url(x), "y": base64url(y) })
            }
            Self::Ed(key) => {
                json!({ "kty": "OKP", "crv": "Ed25519", "x": base64url(key.public_key().as_ref()) })
            }
        };
        key["kid"] = json!(id);
        key["alg"] = json!(algorithm);
        key["use"] = json!("sig");
        key
    }

    /// The bytes of the public half, for who takes them for the secret of an HMAC.
    pub(super) fn public_bytes(&self) -> Vec<u8> {
        match self {
            Self::Rsa(key, _) => key.public_key().as_ref().to_vec(),
            Self::Ec(key) => key.public_key().as_ref().to_vec(),
            Self::Ed(key) => key.public_key().as_ref().to_vec(),
        }
    }

    pub(super) fn token(&self, header: &Value, claims: &Value) -> String {
        let message = message(header, claims);
        let random = SystemRandom::new();
        let bytes = message.as_bytes();
        let signature = match self {
            Self::Rsa(key, encoding) => {
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(*encoding, &random, bytes, &mut signature).unwrap();
                signature
            }
            Self::Ec(key) => key.sign(&random, bytes).unwrap().as_ref().to_vec(),
            Self::Ed(key) => key.sign(bytes).as_ref().to_vec(),
        };
        format!("{message}.{}", base64url(&signature))
    }
}

/// What is signed.
pub(super) fn message(header: &Value, claims: &Value) -> String {
    let part = |part: &Value| base64url(part.to_string().as_bytes());
    format!("{}.{}", part(header), part(claims))
}

/// A token with an HMAC in the place of a signature.
pub(super) fn with_secret(secret: &[u8], header: &Value, claims: &Value) -> String {
    let message = message(header, claims);
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), message.as_bytes());
    format!("{message}.{}", base64url(tag.as_ref()))
}

pub(super) fn base64url(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let byte = |at: usize| u32::from(three.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for digit in 0..=three.len() {
            text.push(char::from(DIGITS[(bits >> (18 - 6 * digit) & 63) as usize]));
        }
    }
    text
}
