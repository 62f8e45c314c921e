//! Another owner's session is answered like one that does not exist, to the byte.

use super::*;

const STRANGE: [(&str, &str); 6] =
    [("GET", ""), ("HEAD", ""), ("DELETE", ""), ("PUT", ""), ("GET", "/export"), ("HEAD", "/export")];

/// All that came, less what differs from answer to answer anyway.
async fn came(addr: SocketAddr, bytes: &[u8], id: &str) -> String {
    let mut connection = alphora_tests::Connection::send(addr, bytes).await.unwrap();
    let text = String::from_utf8(connection.rest().await.unwrap()).unwrap();
    let differs =
        |line: &&str| !["x-request-id: ", "x-run-id: ", "date: "].iter().any(|name| line.starts_with(name));
    let steady: Vec<_> = text.split("\r\n").filter(differs).collect();
    steady.join("\r\n").replace(id, "ID")
}

#[tokio::test]
async fn nothing_tells_anothers_session_from_none() {
    for kept in Kept::ALL {
        let server = kept.with_owners().await;
        let own = turn(server.addr, "alice", "theirs", "remember secret").await;
        assert_eq!(own.header("x-session-id"), Some("theirs"));
        for (method, below) in STRANGE {
            let ask = async |id: &str| {
                let path = format!("/scripted/sessions/{id}{below}");
                came(server.addr, &request(method, &path, &[("X-User", "bob")], b""), id).await
            };
            let (theirs, never) = (ask("theirs").await, ask("nobody").await);
            assert_eq!(theirs, never, "{kept:?} {method} {below}");
            assert!(!theirs.contains("secret") && !theirs.starts_with("HTTP/1.1 200"), "{theirs}");
        }
        for query in ["", "?limit=100", "?after=theirr"] {
            let path = format!("/scripted/sessions{query}");
            let listed = call(server.addr, "GET", &path, Some("bob")).await;
            assert_eq!(listed.json()["data"], json!([]), "{kept:?}");
        }
        for script in ["recall", "remember mine"] {
            let ask = async |id: &str| {
                let body = body(script, Some(id)).to_string();
                let answer = request("POST", OPENAI, &[("X-User", "bob")], body.as_bytes());
                let text = came(server.addr, &answer, id).await;
                // The body names its run and the second in which it was made.
                let (head, body) = text.split_once("\r\n\r\n").unwrap();
                let mut body: Value = serde_json::from_str(body).unwrap();
                body["id"] = Value::Null;
                body["created"] = Value::Null;
                format!("{head}{body}")
            };
            assert_eq!(ask("theirs").await, ask("never").await, "{kept:?} {script}");
        }
        let read = call(server.addr, "GET", "/scripted/sessions/theirs", Some("alice")).await;
        assert_eq!((&read.json()["memory"], &read.json()["version"]), (&json!(["secret"]), &json!(1)));
    }
}
