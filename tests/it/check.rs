//! A start that names every mistake at once, `--check`, and who may listen beyond loopback.

use std::process::Output;
use std::sync::Arc;

use alphora::{AgentValidationError, ApiKeys, Environment, Principal, ServerConfig};
use alphora_tests::{Folder, Program, Scripted};

/// Runs the server's program in a folder.
fn run(folder: &Folder, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let mut command = Program::command(env!("CARGO_BIN_EXE_scripted"));
    command.args(arguments).envs(variables.iter().copied()).env("RUST_LOG", "warn");
    command.current_dir(folder.path()).output().unwrap()
}

fn texts(output: &Output) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr))
}

#[test]
fn a_check_says_what_would_be_served_and_leaves_nothing_behind() {
    let folder = Folder::create("fine").unwrap();
    let keys =
        folder.put("keys.toml", &format!("[keys.one]\nsha256 = \"{}\"\n", ApiKeys::digest("sk-canary")));
    folder.put("alphora.toml", "[server]\naddr = \"0.0.0.0:0\"\ndata_dir = \"sessions\"\n");
    let output = run(&folder, &["--check"], &[("ALPHORA_API_KEYS_FILE", keys.to_str().unwrap())]);
    let (stdout, stderr) = texts(&output);
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    for part in [
        "configuration is fine\n",
        "file      alphora.toml",
        "address   http://0.0.0.0:0",
        "agent     Scripted (Scripted.run) at /scripted",
        "callers   API keys of ",
        "sessions  in sessions",
    ] {
        assert!(stdout.contains(part), "{stdout}\n  does not say: {part}");
    }
    assert!(!stdout.contains("canary") && !folder.path().join("sessions").exists());
}

#[test]
fn every_mistake_is_named_at_once() {
    let folder = Folder::create("wrong").unwrap();
    folder.put(
        "alphora.toml",
        "[server]\naddr = \"0.0.0.0:0\"\nmax_runs = 0\nhed_timeout = 5\nbody_limit = \"1 GiB\"\n\
         [Scripted]\npath = \"api\"\nmemory_ttl = \"soon\"\n[Scrpted]\n",
    );
    for arguments in [&["--check", "--port=x"][..], &["--port=x"]] {
        let output = run(
            &folder,
            arguments,
            &[
                ("ALPHORA_API_KEYS_FILE", "nowhere.toml"),
                ("ALPHORA_TIMEOUT", "-1"),
                ("ALPHORA_DATA_DIR", "/dev/null/sessions"),
                ("ALPHORA_TLS_KEY", "key.pem"),
                ("ALPHORA_JWT_KEYS_FILE", "tokens.json"),
            ],
        );
        let (stdout, stderr) = texts(&output);
        assert_eq!((output.status.code(), stdout.as_str()), (Some(1), ""), "{stderr}");
        for part in [
            "mistakes:\n",
            "\n- alphora.toml, table [server]: `0` is not a valid `max_runs`",
            "\n- alphora.toml, table [server]: unknown option `hed_timeout` (did you mean `head_timeout`?)",
            "\n- alphora.toml, table [Scripted]: `api` is not a valid `path`: a path starts with `/`: write `/api`",
            "\n- alphora.toml, table [Scripted]: `soon` is not a valid `memory_ttl`",
            "\n- alphora.toml: table [Scrpted] belongs to nothing that is published here (did you mean [Scripted]?)",
            "\n- variable ALPHORA_TIMEOUT: `-1` is not a valid `timeout`",
            "\n- `body_limit` of the server: `1073741824` is not a valid `body_limit`",
            "\n- argument --port: `x` is not a valid `port`",
            "nowhere.toml",
            "/dev/null/sessions",
            "`tls_key` of the server",
            "`jwt_keys_file` of the server is set",
        ] {
            assert!(stderr.contains(part), "{stderr}\n  does not say: {part}");
        }
        // Whether it listens beyond loopback is not known, nor who may use it.
        assert!(!stderr.contains("allow_anonymous"), "{stderr}");
        assert_eq!(stderr.matches("\n- ").count(), 12, "{stderr}");
    }
}

#[test]
fn what_listens_already_is_no_mistake_of_a_check() {
    let folder = Folder::create("in-use").unwrap();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = listener.local_addr().unwrap().to_string();
    let output = run(&folder, &["--check"], &[("ALPHORA_ADDR", &addr)]);
    let (stdout, stderr) = texts(&output);
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    assert!(stdout.contains(&format!("{addr}, where something listens at the moment")), "{stdout}");
    let output = run(&folder, &[], &[("ALPHORA_ADDR", &addr)]);
    let (_, stderr) = texts(&output);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr.contains("something else listens there"), "{stderr}");
}

#[test]
fn nobody_is_let_in_from_elsewhere_unless_that_is_meant() {
    let folder = Folder::create("exposed").unwrap();
    let output = run(&folder, &["--host", "0.0.0.0", "--port", "0", "--prot=1"], &[]);
    let (stdout, stderr) = texts(&output);
    assert_eq!((output.status.code(), stdout.as_str()), (Some(1), ""));
    for part in
        ["0.0.0.0:0", "`api_keys_file`", "`jwt_keys_file`", ".authenticate(..)", "`allow_anonymous = true`"]
    {
        assert!(stderr.contains(part), "{stderr}\n  does not say: {part}");
    }
    assert!(stderr.contains("this argument sets nothing here") && stderr.contains("--port"), "{stderr}");
    let output =
        run(&folder, &["--check", "--host=0.0.0.0", "--port=0"], &[("ALPHORA_ALLOW_ANONYMOUS", "true")]);
    let (stdout, stderr) = texts(&output);
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    assert!(stdout.contains("callers   everybody who reaches the address"), "{stdout}");
}

#[tokio::test]
async fn a_program_that_binds_by_itself_is_asked_too() {
    let published = || {
        let publisher = alphora::publish(Scripted::new(Arc::default()));
        publisher.environment(Environment::empty()).without_banner()
    };
    for addr in ["0.0.0.0:0", "[::]:0"] {
        let error = published().bind(addr).await.unwrap_err();
        assert!(matches!(error.validation(), Some(AgentValidationError::Exposed { .. })), "{error:?}");
        let open = ServerConfig { allow_anonymous: true, ..ServerConfig::default() };
        assert!(published().server(open).bind(addr).await.is_ok());
        let closed = published().authenticate(|_: &alphora::axum::http::HeaderMap| Ok(Principal::new("me")));
        assert!(closed.bind(addr).await.is_ok());
    }
    let behind_a_proxy =
        ServerConfig { allow_hosts: vec!["agents.example".to_owned()], ..ServerConfig::default() };
    let error = published().server(behind_a_proxy).bind("127.0.0.1:0").await.unwrap_err();
    assert!(matches!(
        error.validation(),
        Some(AgentValidationError::Exposed { is_behind_a_proxy: true, .. })
    ));
    assert!(published().bind("[::1]:0").await.is_ok() && published().bind("127.0.0.1:0").await.is_ok());
    // Its listener is its own.
    assert!(published().router().is_ok());
}

#[test]
fn agents_that_meet_are_named_together() {
    let agent = || Scripted::new(Arc::default());
    let error =
        alphora::publish(agent()).and(agent()).and(agent()).environment(Environment::empty()).router();
    let error = error.unwrap_err();
    let mistakes = error.validation().unwrap().mistakes();
    let paths = mistakes.iter().filter(|one| matches!(one, AgentValidationError::PathTaken { .. })).count();
    let names = mistakes.iter().filter(|one| matches!(one, AgentValidationError::NameTaken { .. })).count();
    assert_eq!((mistakes.len(), paths, names), (2, 1, 1), "{error}");
}
