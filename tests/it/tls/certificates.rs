//! An authority of a test's own, made by `openssl`.

use std::path::{Path, PathBuf};
use std::process::Command;

use alphora_tests::Folder;

/// Its folder is removed with it.
pub(super) struct Authority(Folder);

impl Authority {
    pub(super) fn new() -> Self {
        let authority = Self(Folder::create("tls").unwrap());
        authority.request("authority", &["-subj", "/CN=the authority of a test"]);
        authority
    }

    /// Where its files are.
    pub(super) fn folder(&self) -> &Path {
        self.0.path()
    }

    /// Where its own certificate is.
    pub(super) fn certificate(&self) -> PathBuf {
        self.folder().join("authority.pem")
    }

    /// The files of a new certificate and its key, for this machine.
    pub(super) fn issue(&self, name: &str) -> (PathBuf, PathBuf) {
        let names = "subjectAltName=DNS:localhost,IP:127.0.0.1";
        let issuer = ["-CA", "authority.pem", "-CAkey", "authority.key", "-subj", "/CN=localhost"];
        self.request(
            name,
            &[&issuer[..], &["-addext", names, "-addext", "basicConstraints=critical,CA:FALSE"]].concat(),
        );
        (self.folder().join(format!("{name}.pem")), self.folder().join(format!("{name}.key")))
    }

    fn request(&self, name: &str, more: &[&str]) {
        let key = format!("{name}.key");
        let certificate = format!("{name}.pem");
        let curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
        self.openssl(&[&["req", "-x509", "-keyout", &key, "-out", &certificate], &curve[..], more].concat());
    }

    /// Runs `openssl` in its folder.
    pub(super) fn openssl(&self, arguments: &[&str]) -> String {
        let ran = Command::new("openssl").args(arguments).current_dir(self.folder()).output();
        let ran = ran.expect("openssl is installed: `apt-get install openssl`");
        assert!(ran.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&ran.stderr));
        String::from_utf8(ran.stdout).unwrap()
    }
}
