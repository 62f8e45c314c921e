//! A certificate chain and its key, as two files have them.

use std::io;
use std::path::{Path, PathBuf};

use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use rustls::{CertificateError, Error, InconsistentKeys};
use sha2::{Digest as _, Sha256};

use crate::config::ServerConfig;
use crate::error::AgentValidationError;
use crate::server::reread;

/// The most bytes that either file may have.
const LARGEST: u64 = 1024 * 1024;

/// Where a certificate and its key are.
#[derive(Debug)]
pub(super) struct Files {
    pub(super) certificate: PathBuf,
    key: PathBuf,
}

impl Files {
    /// Those of a server that is to speak TLS. That both are configured, or none, was checked with all options.
    pub(super) fn of(server: &ServerConfig) -> Option<Self> {
        let (certificate, key) = server.tls_certificate.clone().zip(server.tls_key.clone())?;
        Some(Self { certificate, key })
    }
}

/// The bytes of both files.
pub(super) struct Pair {
    certificate: Vec<u8>,
    key: Vec<u8>,
}

/// What tells a pair from another one, without being either.
pub(super) type Digest = [u8; 32];

impl Pair {
    /// Reads both files.
    pub(super) fn read(files: &Files) -> Result<Self, AgentValidationError> {
        let read = |option, path: &Path| {
            read(path).map_err(|error| invalid(option, path, format!("it cannot be read: {error}")))
        };
        Ok(Self {
            certificate: read("tls_certificate", &files.certificate)?,
            key: read("tls_key", &files.key)?,
        })
    }

    pub(super) fn digest(&self) -> Digest {
        let mut digest = Sha256::new();
        digest.update(self.certificate.len().to_le_bytes());
        digest.update(&self.certificate);
        digest.update(&self.key);
        digest.finalize().into()
    }

    /// The pair as TLS uses it. What is wrong with a key is said without a word of what is in its file.
    pub(super) fn certified(
        &self,
        files: &Files,
        provider: &CryptoProvider,
    ) -> Result<CertifiedKey, AgentValidationError> {
        let certificate = |reason: &str| invalid("tls_certificate", &files.certificate, reason.to_owned());
        let key = |reason: &str| invalid("tls_key", &files.key, reason.to_owned());
        let chain = CertificateDer::pem_slice_iter(&self.certificate).collect::<Result<Vec<_>, _>>();
        let chain = chain.map_err(|_| certificate("it is not PEM, or it is cut off"))?;
        if chain.is_empty() {
            return Err(certificate(
                "it has no certificate: what is between `-----BEGIN CERTIFICATE-----` and its end is one, the server's \
                 own first",
            ));
        }
        let private = PrivateKeyDer::from_pem_slice(&self.key).map_err(|_| {
            key(if contains(&self.key, b"ENCRYPTED") {
                "the key is encrypted: decrypt it, such as with `openssl pkey`, and let only the server read the file"
            } else {
                "it has no private key: what is between `-----BEGIN PRIVATE KEY-----` and its end is one"
            })
        })?;
        CertifiedKey::from_der(chain, private, provider).map_err(|error| match error {
            Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => key(&format!(
                "it is not the key of the first certificate of {}: give the two that were made for each other",
                files.certificate.display()
            )),
            Error::InvalidCertificate(CertificateError::BadEncoding | CertificateError::Other(_)) => {
                certificate("its first certificate is not an X.509 certificate of version 3")
            }
            Error::InvalidCertificate(error) => {
                certificate(&format!("its first certificate cannot be used: {error}"))
            }
            _ => key("it is no key that TLS can use: make one of ECDSA (P-256 or P-384), Ed25519, or RSA with 2,048 bits \
                      or more"),
        })
    }
}

fn invalid(option: &str, path: &Path, reason: String) -> AgentValidationError {
    AgentValidationError::InvalidFile {
        place: format!("`{option}` of the server, {}", path.display()),
        reason,
    }
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    reread::read(&reread::open(path)?, LARGEST)
}

fn contains(bytes: &[u8], word: &[u8]) -> bool {
    bytes.windows(word.len()).any(|part| part == word)
}
