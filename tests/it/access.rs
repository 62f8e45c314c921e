//! The access line, and the ids that every event of a run has, as a server of its own writes them.

use std::net::SocketAddr;
use std::process::Stdio;

use alphora_tests::{Connection, Folder, Program, exchange, get, post, request, until, until_some};
use serde_json::{Value, json};

const OPENAI: &str = "/v1/chat/completions";

/// A server in a process of its own, whose log is read.
struct Process(Program);

impl Process {
    async fn start(variables: &[(&str, &str)]) -> Self {
        let mut command = Program::command(env!("CARGO_BIN_EXE_scripted"));
        command.env("ALPHORA_ADDR", "127.0.0.1:0").env("ALPHORA_LOG", "json");
        command.envs(variables.iter().copied()).stderr(Stdio::piped());
        Self(Program::start(command, "listening on ").await.unwrap())
    }

    fn addr(&self) -> SocketAddr {
        self.0.addr
    }

    fn events(&self) -> Vec<Value> {
        self.0.log().lines().map(|line| serde_json::from_str(line).unwrap_or(json!(line))).collect()
    }

    fn lines(&self) -> Vec<Value> {
        self.events().into_iter().filter(|event| event["target"] == "alphora::access").collect()
    }

    /// The lines, as soon as there are so many.
    async fn lines_of(&self, requests: usize) -> Vec<Value> {
        until_some(format!("{requests} access lines"), async || {
            let lines = self.lines();
            assert!(lines.len() <= requests, "one line a request: {lines:#?}");
            (lines.len() == requests).then_some(lines)
        })
        .await
    }
}

fn body(script: &str, stream: bool) -> String {
    json!({ "messages": [{ "role": "user", "content": script }], "stream": stream }).to_string()
}

#[tokio::test]
async fn a_request_is_one_line_with_its_ids() {
    let process = Process::start(&[]).await;
    let stream = post(process.addr(), OPENAI, body("text canary", true), &[]).await;
    let whole = post(process.addr(), OPENAI, body("text canary", false), &[]).await;
    for (answer, line) in [&stream, &whole].into_iter().zip(process.lines_of(2).await) {
        let expected = [
            ("level", "INFO"),
            ("message", "request"),
            ("method", "POST"),
            ("route", OPENAI),
            ("outcome", "ok"),
            ("request_id", answer.header("x-request-id").unwrap()),
            ("run_id", answer.header("x-run-id").unwrap()),
        ];
        for (field, value) in expected {
            assert_eq!(line[field], value, "{line}");
        }
        assert_eq!((&line["status"], &line["bytes"]), (&json!(200), &json!(answer.body.len())), "{line}");
        assert!(line["duration_ms"].as_f64().unwrap() >= line["first_byte_ms"].as_f64().unwrap(), "{line}");
        // Whoever knows this session's id can read it: the log is no place to find it.
        let session = answer.header("x-session-id").unwrap();
        let shown = line["session_id"].as_str().unwrap();
        assert!(shown.starts_with("sha256:") && shown.len() == 23 && !shown.contains(session), "{line}");
    }
    let everything = format!("{:?}", process.events());
    assert!(!everything.contains("canary"), "what users write is in no log: {everything}");
}

#[tokio::test]
async fn every_way_to_answer_has_its_line() {
    let process = Process::start(&[("ALPHORA_ALLOW_ORIGINS", "http://localhost:3000")]).await;
    let addr = process.addr();
    get(addr, "/v1/models").await;
    get(addr, "/canary/path?canary=1").await;
    post(addr, OPENAI, "no json", &[]).await;
    post(addr, OPENAI, body("fail x", false), &[("Origin", "http://localhost:3000")]).await;
    exchange(addr, &request("HEAD", "/health", &[], b"")).await;
    let lines = process.lines_of(5).await;
    let expected = [
        ("GET", "/v1/models", 200, "answered"),
        ("GET", "unmatched", 404, "answered"),
        ("POST", OPENAI, 400, "answered"),
        ("POST", OPENAI, 500, "failed"),
        ("HEAD", "/health", 200, "answered"),
    ];
    for (line, (method, route, status, outcome)) in lines.iter().zip(expected) {
        let found = (&line["method"], &line["route"], &line["status"], &line["outcome"]);
        assert_eq!(found, (&json!(method), &json!(route), &json!(status), &json!(outcome)), "{line}");
        assert!(line["request_id"].as_str().unwrap().starts_with("req_"), "{line}");
        assert!(!line.to_string().contains("canary"), "{line}");
    }
}

#[tokio::test]
async fn a_client_that_leaves_has_its_line_with_the_ids_it_never_read() {
    let process = Process::start(&[]).await;
    for stream in [true, false] {
        let bytes = request("POST", OPENAI, &[], body("log begun\ntext a\nhang", stream).as_bytes());
        let mut connection = Connection::send(process.addr(), &bytes).await.unwrap();
        if stream {
            connection.until("\"a\"").await.unwrap();
        } else {
            let begun = || process.events().iter().filter(|event| event["message"] == "begun").count();
            until("its method runs", async || begun() == 2).await;
        }
        drop(connection);
        process.lines_of(if stream { 1 } else { 2 }).await;
    }
    let lines = process.lines_of(2).await;
    assert_eq!(
        (&lines[0]["status"], &lines[1]["status"]),
        (&json!(200), &Value::Null),
        "no answer has begun"
    );
    assert!(lines[0]["bytes"].as_u64() > Some(0) && lines[1]["bytes"] == 0);
    for line in &lines {
        assert_eq!(line["outcome"], "disconnected", "{line}");
        assert!(line["run_id"].as_str().unwrap().starts_with("cmpl-"), "{line}");
        assert!(line["request_id"].as_str().unwrap().starts_with("req_"), "{line}");
    }
}

#[tokio::test]
async fn an_agent_that_computes_sends_as_many_bytes_as_the_line_says() {
    let process = Process::start(&[]).await;
    // Most of these leave past the ordinary way, because the agent does not await.
    let answer = post(process.addr(), OPENAI, body("work 20 10", true), &[]).await;
    let line = process.lines_of(1).await.remove(0);
    assert_eq!(line["bytes"], answer.body.len(), "{line}");
}

#[tokio::test]
async fn every_event_of_a_run_has_its_ids() {
    let process = Process::start(&[]).await;
    let answer =
        post(process.addr(), OPENAI, body("log from the method\nsleep 20\nlog later\nfail x", false), &[])
            .await;
    process.lines_of(1).await;
    let events = process.events();
    let ids = [("request_id", "x-request-id"), ("run_id", "x-run-id")];
    for message in ["from the method", "later", "the agent failed"] {
        let event = events.iter().find(|event| event["message"] == message);
        let event = event.unwrap_or_else(|| panic!("there is no {message:?} in {events:#?}"));
        for (field, header) in ids {
            assert_eq!(find(event, field), answer.header(header), "{event}");
        }
    }
    let own = events.iter().find(|event| event["message"] == "later").unwrap();
    assert!(find(own, "session_id").is_some_and(|session| session.starts_with("sha256:")), "{own}");
}

/// A field of an event, or of a span that it is in.
fn find<'a>(event: &'a Value, field: &str) -> Option<&'a str> {
    let spans = event["spans"].as_array().into_iter().flatten();
    [event, &event["span"]].into_iter().chain(spans).find_map(|place| place[field].as_str())
}

#[tokio::test]
async fn where_sessions_have_owners_the_log_has_their_ids() {
    let digest = "2bd806c97f0e00af1a1fc3328fa763a9269723c8db8fac4f93af71db186d6e90";
    let folder = Folder::create("access").unwrap();
    let file = folder.put("keys.toml", &format!("[keys.shop]\nsha256 = \"{digest}\"\n"));
    let process = Process::start(&[("ALPHORA_API_KEYS_FILE", file.to_str().unwrap())]).await;
    let signed = [("Authorization", "Bearer alice"), ("x-session-id", "order-7")];
    let answer = post(process.addr(), OPENAI, body("text a", false), &signed).await;
    let refused =
        post(process.addr(), OPENAI, body("text a", false), &[("Authorization", "Bearer canary")]).await;
    let lines = process.lines_of(2).await;
    assert_eq!((answer.status, refused.status), (200, 401), "{} {lines:?}", answer.body);
    assert_eq!((&lines[0]["principal"], &lines[0]["session_id"]), (&json!("shop"), &json!("order-7")));
    assert!(lines[1]["principal"].is_null() && !format!("{lines:?}").contains("canary"), "{lines:?}");
}

#[tokio::test]
async fn it_can_be_left_out() {
    for variable in [("ALPHORA_LOG_REQUESTS", "false"), ("RUST_LOG", "warn")] {
        let mut process = Process::start(&[variable]).await;
        post(process.addr(), OPENAI, body("text a\nfail x", false), &[]).await;
        // What it has not written by its end it never writes.
        assert!(process.0.terminate().await.unwrap().expect("it ends").success());
        assert_eq!(process.lines().len(), 0, "{:?}", process.events());
        assert!(!process.events().is_empty(), "the failure is there");
    }
}
