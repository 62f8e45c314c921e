//! What is said where a server cannot start with its certificate.

use std::path::Path;
use std::sync::Arc;

use alphora::{Environment, ServerConfig};
use alphora_tests::Scripted;

use super::certificates::Authority;

async fn refused(certificate: &Path, key: &Path) -> String {
    let config = ServerConfig {
        tls_certificate: Some(certificate.to_owned()),
        tls_key: Some(key.to_owned()),
        ..ServerConfig::default()
    };
    let publisher = alphora::publish(Scripted::new(Arc::default())).server(config).without_banner();
    publisher.environment(Environment::empty()).bind("127.0.0.1:0").await.unwrap_err().to_string()
}

#[tokio::test]
#[ignore = "needs openssl"]
async fn a_pair_that_cannot_be_used_is_said_at_the_start() {
    let authority = Authority::new();
    let (certificate, key) = authority.issue("server");
    let (_, other_key) = authority.issue("other");
    let file = |name: &str, text: &str| {
        let path = authority.folder().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let private = std::fs::read_to_string(&key).unwrap();
    let absent = authority.folder().join("absent.pem");
    let empty = file("empty.pem", "");
    let cut = file("cut.key", &private[..private.len() / 2]);
    let garbage = file("garbage.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    authority.openssl(&[
        "pkey",
        "-in",
        "server.key",
        "-aes256",
        "-passout",
        "pass:secret",
        "-out",
        "locked.key",
    ]);
    let locked = authority.folder().join("locked.key");
    authority.openssl(&["genpkey", "-algorithm", "X25519", "-out", "x25519.key"]);
    let exchange_only = authority.folder().join("x25519.key");
    for (certificate, key, option, words) in [
        (&certificate, &other_key, "tls_key", "not the key of the first certificate"),
        (&absent, &key, "tls_certificate", "cannot be read"),
        (&certificate, &absent, "tls_key", "cannot be read"),
        (&authority.folder().to_owned(), &key, "tls_certificate", "not a file"),
        (&empty, &key, "tls_certificate", "no certificate"),
        (&key, &key, "tls_certificate", "no certificate"),
        (&garbage, &key, "tls_certificate", "X.509"),
        (&certificate, &empty, "tls_key", "no private key"),
        (&certificate, &certificate, "tls_key", "no private key"),
        (&certificate, &cut, "tls_key", "no private key"),
        (&certificate, &locked, "tls_key", "encrypted"),
        (&certificate, &exchange_only, "tls_key", "no key that TLS can use"),
    ] {
        let error = refused(certificate, key).await;
        assert!(error.contains(option) && error.contains(words), "{words}: {error}");
        for line in private.lines().filter(|line| !line.starts_with('-')) {
            assert!(!error.contains(&line[..16]), "a key is never said: {error}");
        }
    }
}

#[tokio::test]
#[ignore = "needs openssl"]
async fn every_kind_of_key_is_taken() {
    let authority = Authority::new();
    authority.openssl(&["ecparam", "-name", "prime256v1", "-genkey", "-out", "sec1.key"]);
    authority.openssl(&["genrsa", "-traditional", "-out", "pkcs1.key", "2048"]);
    authority.openssl(&["genpkey", "-algorithm", "ED25519", "-out", "ed25519.key"]);
    for name in ["sec1", "pkcs1", "ed25519"] {
        let (key, certificate) = (format!("{name}.key"), format!("{name}.pem"));
        authority.openssl(&[
            "req",
            "-x509",
            "-key",
            &key,
            "-out",
            &certificate,
            "-subj",
            "/CN=localhost",
            "-days",
            "2",
        ]);
        let config = ServerConfig {
            tls_certificate: Some(authority.folder().join(certificate)),
            tls_key: Some(authority.folder().join(key)),
            ..ServerConfig::default()
        };
        let publisher = alphora::publish(Scripted::new(Arc::default())).server(config).without_banner();
        let bound = publisher.environment(Environment::empty()).bind("127.0.0.1:0").await;
        assert!(bound.is_ok(), "{name}: {bound:?}");
    }
}
