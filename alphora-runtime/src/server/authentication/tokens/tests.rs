//! What may be in a set of public keys. The keys are the examples of RFC 7515, RFC 7517 and RFC 8037.

use serde_json::{Value, json};

use super::key_set::KeySet;
use super::verify::Tokens;
use crate::server::authentication::reread::Reread;

fn rsa() -> Value {
    json!({
        "kty": "RSA",
        "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCi\
              FV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9\
              c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1j\
              F44-csFCur-kEgU8awapJzKnqDKgw",
        "e": "AQAB",
        "kid": "rsa",
    })
}

fn ec() -> Value {
    json!({
        "kty": "EC",
        "crv": "P-256",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
        "kid": "ec",
    })
}

fn ed() -> Value {
    json!({ "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", "kid": "ed" })
}

fn with(mut key: Value, field: &str, value: &str) -> Value {
    key[field] = json!(value);
    key
}

fn read(keys: &[Value]) -> Result<KeySet, String> {
    KeySet::read(&json!({ "keys": keys }).to_string()).map_err(|mistakes| mistakes.to_string())
}

#[test]
fn the_key_says_its_algorithm() {
    let keys = read(&[rsa(), with(with(rsa(), "alg", "PS256"), "kid", "pss"), ec(), ed()]).unwrap();
    assert_eq!(keys.count(), 4);
    let algorithm = |id| keys.find(Some(id)).map(|key| format!("{:?}", key.algorithm));
    for (id, expected) in [("rsa", "RS256"), ("pss", "PS256"), ("ec", "ES256"), ("ed", "EdDSA")] {
        assert_eq!(algorithm(id).as_deref(), Some(expected));
    }
    assert_eq!(algorithm("other"), None);
    assert!(keys.find(None).is_none(), "it could be any of them");
    assert!(read(&[ec()]).unwrap().find(None).is_some());
}

#[test]
fn keys_for_something_else_are_passed_over() {
    let others = [
        with(with(rsa(), "kid", "1"), "use", "enc"),
        with(with(rsa(), "kid", "2"), "alg", "RSA-OAEP"),
        with(with(rsa(), "kid", "3"), "alg", "RS512"),
        with(with(ec(), "kid", "4"), "alg", "HS256"),
        with(with(ed(), "kid", "5"), "alg", "an algorithm of tomorrow"),
        with(with(ed(), "kid", "6"), "kty", "of tomorrow"),
        json!({ "kty": "EC", "crv": "P-384", "kid": "7",
            "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEX_FEzRu9m36HLN_tue659L",
            "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0f83OJ3D2xF1Bg8vub9tLe" }),
    ];
    for other in &others {
        let keys = read(&[other.clone(), with(ec(), "use", "sig")]).unwrap();
        assert_eq!(keys.count(), 1, "{other}");
        assert_eq!(read(std::slice::from_ref(other)).err().as_deref(), Some(NONE), "{other}");
    }
    assert_eq!(read(&[]).err().as_deref(), Some(NONE));
}

const NONE: &str = "it has no key for RS256, PS256, ES256 or EdDSA";

#[test]
fn keys_that_must_not_be_there_are_mistakes() {
    let short = "AQAB".repeat(63);
    for (key, expected) in [
        (json!({ "kty": "oct", "k": "canary", "kid": "a" }), "key `a`: a symmetric key"),
        (with(ec(), "d", "canary"), "key `ec`: a private key"),
        (with(rsa(), "n", &short), "key `rsa`: an RSA key of less than 2,048 bits"),
        (with(ec(), "x", "AQAB"), "key `ec`: its numbers do not have the length of its curve"),
        (with(ed(), "x", "c!a*nary"), "key `ed`: its numbers are not base64url"),
        (json!({ "kty": "EC", "crv": "P-256" }), NONE),
    ] {
        let error = read(std::slice::from_ref(&key)).err().unwrap();
        assert!(error.contains(expected), "{key}: {error}");
        assert!(!error.contains("canary"), "{error}");
    }
    let twice = read(&[ec(), with(rsa(), "kid", "ec")]).err().unwrap();
    assert_eq!(twice, "key `ec`: another key has the same `kid`, or none either");
    let mut nameless = ec();
    nameless.as_object_mut().unwrap().remove("kid");
    assert!(read(&[nameless.clone(), nameless]).is_err());
    for text in ["", "{}", "[]", "{\"keys\": 1}", "-----BEGIN PUBLIC KEY-----"] {
        let error = KeySet::read(text).err().unwrap().to_string();
        assert!(error.contains("it is not a JWK set: write `{\"keys\": [..]}`"), "{error}");
    }
}

#[test]
fn a_token_has_three_parts() {
    assert!(Tokens::may_be("a.b.c") && Tokens::may_be(".."));
    assert!(!Tokens::may_be("sk-1") && !Tokens::may_be("a.b") && !Tokens::may_be("a.b.c.d"));
}
