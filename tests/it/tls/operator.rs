//! What an operator sees: the banner, `--check` and the log; of a key, nothing.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use alphora_tests::{Program, until_some};

use super::certificates::Authority;
use super::chat;
use super::client::Client;

/// What the log says where a certificate and its key have changed and are not taken.
pub(super) const COMPLAINT: &str = "cannot be used: those in use are the ones that were read before";

/// The program with everything in its log, which reads the authority's folder.
pub(super) fn command(authority: &Authority) -> Command {
    let mut command = Program::command(env!("CARGO_BIN_EXE_scripted"));
    command
        .current_dir(authority.folder())
        .env("ALPHORA_ADDR", "127.0.0.1:0")
        .env("ALPHORA_TLS_CERTIFICATE", "server.pem")
        .env("ALPHORA_TLS_KEY", "server.key")
        .env("RUST_LOG", "trace");
    command
}

/// Waits until a line with `words` is in the log, and gives it.
async fn logged(program: &Program, words: &str) -> String {
    until_some(format!("the log says {words:?}"), async || {
        program.log().lines().find(|line| line.contains(words)).map(str::to_owned)
    })
    .await
}

/// Pieces of a key in every form in which it could be printed: as its file has it, and its bytes as numbers.
fn pieces(authority: &Authority, key: &Path) -> Vec<String> {
    authority.openssl(&["pkey", "-in", key.to_str().unwrap(), "-outform", "DER", "-out", "key.der"]);
    let bytes = fs::read(authority.folder().join("key.der")).unwrap();
    let text = fs::read_to_string(key).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with('-')).map(|line| line[..16].to_owned());
    // The end of it is the public half, which every client is shown.
    let numbers = bytes[..bytes.len() - 70].chunks_exact(8).flat_map(|part| {
        let numbers = format!("{part:?}");
        let hexadecimal: String = part.iter().map(|byte| format!("{byte:02x}")).collect();
        [numbers.trim_matches(['[', ']']).to_owned(), hexadecimal]
    });
    // What all keys of this kind begin with tells nothing.
    lines.skip(1).chain(numbers.skip(8)).collect()
}

#[tokio::test]
#[ignore = "needs openssl"]
async fn a_pair_that_turns_bad_is_in_the_log_once_and_a_key_never() {
    let authority = Authority::new();
    let (certificate, key) = authority.issue("server");
    let (_, other) = authority.issue("other");
    let secrets = [pieces(&authority, &key), pieces(&authority, &other)].concat();
    assert!(secrets.len() > 6, "{secrets:?}");
    let mut command = command(&authority);
    command.stderr(Stdio::piped());
    let mut program = Program::start(command, "https://").await.unwrap();
    let client = Client::new(&authority);
    let works = async || {
        let answer = client.exchange(program.addr, &chat("text a", true)).await.unwrap();
        assert!(answer.contains("[DONE]"), "{answer}");
    };
    works().await;

    let good = fs::read(&key).unwrap();
    fs::copy(&other, &key).unwrap();
    let line = logged(&program, COMPLAINT).await;
    for part in ["ERROR", "`tls_key` of the server", "server.key", "not the key of the first certificate"] {
        assert!(line.contains(part), "{line}");
    }
    works().await;
    // What was complained about is not complained about again, nor is what was there before.
    tokio::time::sleep(Duration::from_secs(5)).await;
    fs::write(&key, &good).unwrap();
    logged(&program, "the certificate was read again").await;
    works().await;
    // What a client sends to the wrong port is no reason to say anything either.
    let plain = alphora_tests::exchange(program.addr, &chat("text a", false)).await;
    assert_eq!(plain.status, 400);

    let ended = program.terminate().await.unwrap().expect("it ends");
    assert!(ended.success(), "{ended}");
    assert!(!program.printed().contains("http://"), "{}", program.printed());
    let said = program.printed() + &program.log();
    assert_eq!(said.matches(COMPLAINT).count(), 1, "{said}");
    for secret in secrets {
        assert!(!said.contains(&secret), "{secret}");
    }
    assert!(said.contains(certificate.file_name().unwrap().to_str().unwrap()), "the file is named");
}

#[test]
#[ignore = "needs openssl"]
fn a_check_looks_into_both_files() {
    let authority = Authority::new();
    authority.issue("server");
    authority.issue("other");
    let check = |key: &str| command(&authority).arg("--check").env("ALPHORA_TLS_KEY", key).output().unwrap();
    let fine = check("server.key");
    assert_eq!(fine.status.code(), Some(0), "{}", String::from_utf8_lossy(&fine.stderr));
    for (key, words) in
        [("other.key", "not the key of the first certificate"), ("absent.key", "it cannot be read")]
    {
        let refused = check(key);
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert_eq!(refused.status.code(), Some(1), "{said}");
        for part in ["`tls_key` of the server", key, words] {
            assert!(said.contains(part), "{said}");
        }
    }
}
