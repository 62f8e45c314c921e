//! How much one request may have.

use super::*;

fn messages(count: usize) -> Value {
    json!(vec![json!({ "role": "user", "content": "text a" }); count])
}

async fn refused(server: &TestServer, body: Value) -> Option<(String, String)> {
    let answer = post(server.addr, OPENAI, body, &[]).await;
    if answer.status == 200 {
        return None;
    }
    assert_eq!(answer.status, 400, "{}", answer.body);
    let error = answer.error();
    let word = |name: &str| error[name].as_str().unwrap_or_default().to_owned();
    Some((word("code"), word("param")))
}

#[tokio::test]
async fn lists_have_as_many_entries_as_they_may() {
    let server = serve(ServerConfig { max_messages: 5, ..ServerConfig::default() }).await;
    let tool = json!({ "type": "function", "function": { "name": "f", "parameters": {} } });
    let with = |name: &str, value: Value| {
        let mut body = json!({ "messages": messages(1) });
        body[name] = value;
        body
    };
    for (name, most, entry) in
        [("tools", 128, tool.clone()), ("functions", 128, json!({ "name": "f" })), ("stop", 64, json!("END"))]
    {
        assert_eq!(refused(&server, with(name, json!(vec![entry.clone(); most]))).await, None);
        let found = refused(&server, with(name, json!(vec![entry; most + 1]))).await;
        assert_eq!(found, Some(("invalid_value".to_owned(), name.to_owned())));
    }
    for count in [1, 5] {
        assert_eq!(refused(&server, json!({ "messages": messages(count) })).await, None);
    }
    for count in [6, 5_000] {
        let found = refused(&server, json!({ "messages": messages(count) })).await;
        assert_eq!(found, Some(("invalid_value".to_owned(), "messages".to_owned())));
    }
}

#[tokio::test]
async fn by_default_a_request_has_at_most_4096_messages() {
    let server = serve(ServerConfig::default()).await;
    assert_eq!(refused(&server, json!({ "messages": messages(4_096) })).await, None);
    let answer = post(server.addr, OPENAI, json!({ "messages": messages(4_097) }), &[]).await;
    assert_eq!(
        answer.error()["message"],
        "`messages` has 4097 messages, and a request has at most 4096: send fewer"
    );
}

#[tokio::test]
async fn more_than_one_answer_is_refused_before_anything_is_made_for_it() {
    let server = serve(ServerConfig::default()).await;
    for n in ["2", "0", "-1", "1.5", "1000000000", "18446744073709551616", "1e308"] {
        let body = format!(r#"{{"messages": [{{"role": "user", "content": "text a"}}], "n": {n}}}"#);
        let answer = post(server.addr, OPENAI, body, &[]).await;
        assert_eq!((answer.status, &answer.error()["code"]), (400, &json!("unsupported_value")), "{n}");
        assert_eq!(answer.error()["param"], "n");
    }
}
