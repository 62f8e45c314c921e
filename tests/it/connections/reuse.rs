//! Several requests on one connection.

use alphora::ServerConfig;
use alphora_tests::Connection;

use super::{GET, OPENAI, body, chat, post, serve};

/// The last bytes of each kind of answer.
const STREAM_END: &str = "data: [DONE]\n\n\r\n0\r\n\r\n";

#[tokio::test]
async fn a_connection_is_used_again_after_any_answer() {
    let (server, _) = serve(ServerConfig::default()).await;
    let mut connection = Connection::send(server.addr, GET).await.unwrap();
    connection.until("\"ok\"").await.unwrap();
    for _ in 0..3 {
        connection.write(&chat("text a\nsleep 5\ntext b", true)).await.unwrap();
        let answer = connection.until("0\r\n\r\n").await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("[DONE]"), "{answer}");
        connection.write(&chat("text whole", false)).await.unwrap();
        assert!(connection.until("whole").await.unwrap().starts_with("HTTP/1.1 200"));
        for (request, status) in [
            (post("{", ""), "400"),
            (post(&body("text x", true).replace("stream", "session_id\":\"not valid\",\"stream"), ""), "400"),
            (chat("fail x", false), "500"),
            (chat("public 404 x", true), "404"),
            (b"GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n".to_vec(), "404"),
            (b"POST /health HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}".to_vec(), "405"),
        ] {
            connection.write(&request).await.unwrap();
            let answer = connection.until("}}").await.unwrap();
            assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{status}: {answer}");
        }
        connection.write(&chat("text a\nfail x", true)).await.unwrap();
        let answer = connection.until("0\r\n\r\n").await.unwrap();
        assert!(answer.contains("\"error\"") && answer.contains("[DONE]"), "{answer}");
    }
}

#[tokio::test]
async fn requests_may_be_sent_before_their_turn() {
    let (server, _) = serve(ServerConfig::default()).await;
    let mut requests = Vec::new();
    for number in 0..5 {
        requests.extend(chat(&format!("text stream{number}"), true));
        requests.extend(chat(&format!("text whole{number}"), false));
        requests.extend(GET);
    }
    requests.extend(post(&body("text last", true), "Connection: close\r\n"));
    let mut connection = Connection::send(server.addr, &requests).await.unwrap();
    let answers = String::from_utf8(connection.rest().await.unwrap()).unwrap();
    assert_eq!(answers.matches("HTTP/1.1 200").count(), 16, "{answers}");
    let mut place = 0;
    for number in 0..5 {
        for text in [format!("stream{number}"), format!("whole{number}"), "\"ok\"".to_owned()] {
            place += answers[place..].find(&text).unwrap_or_else(|| panic!("{text} in order: {answers}"));
        }
    }
    assert!(answers.ends_with(STREAM_END) && answers[place..].contains("last"), "{answers}");
}

#[tokio::test]
async fn a_client_that_wants_it_closed_gets_it_closed() {
    let (server, _) = serve(ServerConfig::default()).await;
    for (script, stream, status) in [("text x", true, 200), ("text x", false, 200), ("fail x", false, 500)] {
        let request = post(&body(script, stream), "Connection: close\r\n");
        let mut connection = Connection::send(server.addr, &request).await.unwrap();
        let answer = String::from_utf8(connection.rest().await.unwrap()).unwrap();
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{answer}");
        assert!(answer.contains("connection: close\r\n"), "{OPENAI}: {answer}");
    }
}
