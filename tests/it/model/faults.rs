//! Every fault is a typed error, or is healed.

use alphora::ModelErrorKind::{self, *};
use alphora_tests::model_server::{Answer, Cut, DONE, ModelServer, Step, closed_port, content, figures};

use super::{ask, client, made_of, once};

#[tokio::test]
async fn faults_are_typed() {
    let words = || Answer::words(&["one ", "two"]);
    let head = words().bytes_up_to("null");
    let garbage = [content("one "), "garbage".to_owned()];
    let error = [content("one "), r#"{"error":{"message":"out of memory"}}"#.to_owned()];
    let cases: [(&str, Answer, ModelErrorKind, &str); 18] = [
        ("closed before the head", Answer::steps([Step::Close]), Connect, "broke before the answer began"),
        ("reset before the head", Answer::steps([Step::Reset]), Connect, "broke before the answer began"),
        ("half closed", Answer::steps([Step::HalfClose]), Connect, "broke before the answer began"),
        ("no HTTP", Answer::raw(b"\x16\x03\x01 garbage\r\n\r\n"), InvalidResponse, "does not speak HTTP"),
        ("closed after the head", words().first(head, Cut::Fin), Interrupted, "broke off"),
        ("reset after the head", words().first(head, Cut::Rst), Interrupted, "broke off"),
        ("no end", Answer::events(&[content("one ")]), Interrupted, "ended before its end was announced"),
        ("nothing", Answer::events(&[""; 0]), Interrupted, "ended before its end was announced"),
        ("no choices", Answer::events(&[DONE]), InvalidResponse, "has no choices"),
        (
            "no choices at once",
            Answer::status(200, &[], r#"{"choices":[]}"#),
            InvalidResponse,
            "has no choices",
        ),
        ("garbage", Answer::events(&garbage), InvalidResponse, "is no completion"),
        ("an error event", Answer::events(&error), Server, "out of memory"),
        (
            "HTML",
            Answer::status(200, &[("content-type", "text/html")], "<p>"),
            InvalidResponse,
            "in `text/html`",
        ),
        ("401", Answer::status(401, &[], "{}"), Unauthorized, "answered 401"),
        (
            "404",
            Answer::status(404, &[], r#"{"error":{"message":"no such model"}}"#),
            Refused,
            "404: no such model",
        ),
        ("418", Answer::status(418, &[], ""), Refused, "answered 418"),
        ("500", Answer::status(500, &[], "oh"), Server, "answered 500: oh"),
        (
            "a long context",
            Answer::status(400, &[], r#"{"error":{"message":"no","code":"context_length_exceeded"}}"#),
            ContextTooLong,
            "answered 400: no",
        ),
    ];
    for (fault, answer, kind, words) in cases {
        let error = made_of(answer).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{fault}: {error:?}");
        assert!(error.to_string().contains(words), "{fault}: {error}");
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named() {
    let base_url = closed_port().await;
    let error = ask(&once(&base_url).build().unwrap()).await.unwrap_err();
    assert_eq!(error.kind(), Connect);
    let origin = base_url.trim_end_matches("/v1");
    assert!(error.to_string().starts_with(&format!("no connection to {origin}: ")), "{error}");

    let server = ModelServer::closing().await;
    let error = ask(&once(&server.base_url).build().unwrap()).await.unwrap_err();
    assert_eq!(error.kind(), Connect, "{error}");
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let other = ModelServer::queue([Answer::words(&["stolen"])]).await;
    for status in [301, 302, 303, 307, 308] {
        let to = format!("{}/chat/completions?key=1", other.base_url);
        let server = ModelServer::queue([Answer::status(status, &[("location", &to)], "")]).await;
        let error = ask(&client(&server.base_url).api_key("sk-key-123").build().unwrap()).await.unwrap_err();
        assert_eq!((error.kind(), error.status()), (InvalidResponse, Some(status)));
        assert!(
            error.to_string().contains("to another place on the same host: redirects are not followed"),
            "{error}"
        );
        assert_eq!(server.record.request_count(), 1);
    }
    assert_eq!(other.record.connections(), 0);
}

#[tokio::test]
async fn events_beyond_the_bound_are_refused() {
    let long = format!("data: {}", "x".repeat(5 * 1024 * 1024));
    let error = made_of(Answer::stream(&[long])).await.unwrap_err();
    assert_eq!(error.kind(), InvalidResponse, "{error}");
    let endless = format!(r#"{{"error":"{}"}}"#, "x".repeat(1024 * 1024));
    let error = made_of(Answer::status(500, &[], &endless)).await.unwrap_err();
    assert!(error.to_string().len() < 600, "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fifth_of_faults_hurts_nobody() {
    let report = figures::faults(500).await;
    assert!(report.amplification <= 1.2 && report.requests >= report.calls, "{report}");
    assert_eq!(
        (report.retries_after_first_token, report.duplicated, report.missing, report.hung),
        (0, 0, 0, 0),
        "{report}"
    );
    assert!((1..100).contains(&report.failed), "what breaks after the first token fails: {report}");
}
