//! The same with the clients that people have: curl, `openssl s_client`, Python.

use std::process::{Command, Output, Stdio};

use alphora::ServerConfig;

use super::Subject;

/// Runs a program to its end without holding up the server.
async fn run(program: &str, arguments: Vec<String>, input: &'static str) -> Output {
    let program = program.to_owned();
    tokio::task::spawn_blocking(move || {
        use std::io::Write as _;
        let mut process = Command::new(&program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{program}: {error}"));
        let _ = process.stdin.take().unwrap().write_all(input.as_bytes());
        process.wait_with_output().unwrap()
    })
    .await
    .unwrap()
}

fn strings(arguments: &[&str]) -> Vec<String> {
    arguments.iter().map(|argument| (*argument).to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs openssl and curl"]
async fn curl_gets_whole_answers_and_streams() {
    let subject = Subject::start(ServerConfig::default()).await;
    let authority = subject.authority.certificate().display().to_string();
    let url = format!("https://localhost:{}/v1/chat/completions", subject.server.addr.port());
    let body = r#"{"messages":[{"role":"user","content":"text a\nsleep 50\ntext b"}],"stream":true}"#;
    let http2 = if cfg!(feature = "http2") { "2" } else { "1.1" };
    for (more, version) in [
        ("--http1.1", "1.1"),
        ("--http2", http2),
        ("--tlsv1.3", http2),
        ("--tls-max=1.2", http2),
        ("--tls-max=1.1", ""),
    ] {
        let (option, value) =
            more.split_once('=').map_or((more, None), |(option, value)| (option, Some(value)));
        let mut arguments = strings(&["-sN", "--cacert", &authority, "--max-time", "20", option]);
        arguments.extend(value.map(str::to_owned));
        let json = "content-type: application/json";
        arguments.extend(strings(&["-w", "\n%{http_version}", "-H", json, "-d", body, &url]));
        let ran = run("curl", arguments, "").await;
        let text = String::from_utf8(ran.stdout).unwrap();
        if version.is_empty() {
            assert!(
                !ran.status.success() && !text.contains("data:"),
                "versions before 1.2 are not spoken: {text}"
            );
            continue;
        }
        assert!(ran.status.success(), "{more}: {}", String::from_utf8_lossy(&ran.stderr));
        assert!(text.contains("\"b\"") && text.contains("data: [DONE]"), "{more}: {text}");
        assert!(text.ends_with(version), "{more}: {text}");
    }
    // Nobody else's certificate is believed.
    let ran = run("curl", strings(&["-s", "--max-time", "20", &url]), "").await;
    assert_eq!(ran.status.code(), Some(60));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs openssl"]
async fn openssl_agrees_on_both_versions() {
    let subject = Subject::start(ServerConfig::default()).await;
    let authority = subject.authority.certificate().display().to_string();
    let addr = subject.server.addr.to_string();
    let request = "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    for (version, works) in [("-tls1_2", true), ("-tls1_3", true), ("-tls1_1", false), ("-tls1", false)] {
        let arguments = strings(&[
            "s_client",
            "-connect",
            &addr,
            "-CAfile",
            &authority,
            "-verify_return_error",
            "-verify_hostname",
            "localhost",
            "-alpn",
            "http/1.1",
            "-ign_eof",
            version,
        ]);
        let ran = run("openssl", arguments, request).await;
        let text = String::from_utf8_lossy(&ran.stdout).into_owned();
        assert_eq!(text.contains("{\"status\":\"ok\"}"), works, "{version}: {text}");
        if works {
            assert!(
                text.contains("Verify return code: 0 (ok)") && text.contains("ALPN protocol: http/1.1"),
                "{text}"
            );
            let said = String::from_utf8_lossy(&ran.stderr).into_owned() + &text;
            assert!(!said.contains("unexpected eof"), "the end is announced: {said}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs openssl and python3"]
async fn python_reads_a_stream_to_its_announced_end() {
    let subject = Subject::start(ServerConfig::default()).await;
    let script = r#"
import json, socket, ssl, sys
port, authority = int(sys.argv[1]), sys.argv[2]
context = ssl.create_default_context(cafile=authority)
body = json.dumps({"messages": [{"role": "user", "content": "flood 2000"}], "stream": True}).encode()
head = (b"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body))
with socket.create_connection(("127.0.0.1", port)) as plain:
    # An end that is not announced is an error.
    with context.wrap_socket(plain, server_hostname="localhost", suppress_ragged_eofs=False) as stream:
        version = stream.version()
        stream.sendall(head + body)
        text = b""
        while piece := stream.recv(65536):
            text += piece
assert b'"1999 "' in text and b"[DONE]" in text, text[-300:]
print("read", version)
"#;
    let authority = subject.authority.certificate().display().to_string();
    let port = subject.server.addr.port().to_string();
    let ran = run("python3", strings(&["-c", script, &port, &authority]), "").await;
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    assert_eq!(String::from_utf8_lossy(&ran.stdout), "read TLSv1.3\n");
}
