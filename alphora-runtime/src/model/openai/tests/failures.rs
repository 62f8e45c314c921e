//! What servers say in the place of an answer.

use reqwest::header::HeaderMap;

use super::super::failure::{self, Next};
use crate::model::ModelErrorKind::{self, *};
use crate::secret::{Redaction, Secret};

fn refused(status: u16, body: &str) -> (ModelErrorKind, String, Option<String>, Next) {
    let failure = failure::refused(status, &HeaderMap::new(), body, &Redaction::default());
    let error = failure.error;
    assert_eq!(error.status(), Some(status));
    (error.kind(), error.to_string(), error.code().map(str::to_owned), failure.next)
}

#[test]
fn statuses_are_sorted() {
    for (status, kind, next) in [
        (400, Refused, Next::GiveUp),
        (401, Unauthorized, Next::GiveUp),
        (403, Unauthorized, Next::GiveUp),
        (404, Refused, Next::GiveUp),
        (408, Busy, Next::Retry),
        (409, Refused, Next::GiveUp),
        (429, Busy, Next::Retry),
        (500, Server, Next::Retry),
        (502, Server, Next::Retry),
        (503, Busy, Next::Retry),
        (529, Busy, Next::Retry),
    ] {
        let (said, message, code, then) = refused(status, "");
        assert_eq!((said, code, then), (kind, None, next), "{status}");
        let help = match status {
            401 | 403 => "; see whether `api_key` is right and may use the model",
            404 => "; see whether `base_url` is right, which often ends in `/v1`, and `model_name`",
            _ => "",
        };
        assert_eq!(message, format!("the model's server answered {status}{help}"));
    }
}

#[test]
fn bodies_are_understood() {
    for (body, message, code) in [
        (r#"{"error":{"message":"no","type":"t","code":"c"}}"#, "no", Some("c")),
        (r#"{"error":{"message":"no","type":"t","code":null}}"#, "no", Some("t")),
        (r#"{"error":{"code":400,"message":"no","type":"t"}}"#, "no", Some("t")),
        (r#"{"error":"no"}"#, "no", None),
        (r#"{"object":"error","message":"no","type":"t","code":400}"#, "no", Some("t")),
        (r#"{"detail":"no"}"#, "no", None),
        (r#"{"detail":[{"msg":"no"}]}"#, r#"[{"msg":"no"}]"#, None),
        ("<h1>no</h1>", "<h1>no</h1>", None),
        (r#"{"other":1}"#, r#"{"other":1}"#, None),
    ] {
        let (kind, said, word, _) = refused(418, body);
        assert_eq!((kind, word.as_deref()), (Refused, code), "{body}");
        assert_eq!(said, format!("the model's server answered 418: {message}"));
    }
    let (_, said, _, _) = refused(418, &"é".repeat(10_000));
    assert_eq!(said.len(), "the model's server answered 418: ".len() + 500, "cut between two characters");
}

#[test]
fn a_context_that_is_too_long_is_known() {
    for body in [
        r#"{"error":{"message":"?","code":"context_length_exceeded"}}"#,
        r#"{"error":{"code":400,"message":"request (5031 tokens) exceeds the available context size (2048 tokens), try increasing it","type":"exceed_context_size_error","n_prompt_tokens":5031,"n_ctx":2048}}"#,
        r#"{"object":"error","message":"This model's maximum context length is 4096 tokens. However, you requested 5000.","type":"BadRequestError","code":400}"#,
    ] {
        assert_eq!(refused(400, body).0, ContextTooLong, "{body}");
        assert_eq!(failure::told(body, &Redaction::default()).kind(), ContextTooLong, "{body}");
    }
}

#[test]
fn what_stays_so_is_not_tried_again() {
    let spent = r#"{"error":{"message":"pay","type":"insufficient_quota","code":"insufficient_quota"}}"#;
    let (kind, _, code, next) = refused(429, spent);
    assert_eq!((kind, code.as_deref(), next), (Busy, Some("insufficient_quota"), Next::GiveUp));
    let headers = [("x-should-retry", "false")]
        .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
        .into_iter()
        .collect();
    assert_eq!(failure::refused(500, &headers, "", &Redaction::default()).next, Next::GiveUp);
}

#[test]
fn errors_within_an_answer_are_sorted_by_what_they_say() {
    for (text, kind) in [
        (r#"{"error":{"message":"x"}}"#, Server),
        (r#"{"error":"x"}"#, Server),
        (r#"{"error":{"message":"x","code":502}}"#, Server),
        (r#"{"error":{"message":"x","code":429}}"#, Busy),
        (r#"{"error":{"message":"x","type":"overloaded_error"}}"#, Busy),
        (r#"{"error":{"message":"x","type":"rate_limit_error"}}"#, Busy),
        (r#"{"error":{"message":"x","code":"invalid_api_key"}}"#, Unauthorized),
        (r#"{"error":{"message":"x","type":"invalid_request_error"}}"#, Refused),
    ] {
        let error = failure::told(text, &Redaction::default());
        assert_eq!((error.kind(), &*error.to_string()), (kind, "the model's server failed: x"), "{text}");
    }
}

#[test]
fn not_a_part_of_a_key_is_left_at_a_cut() {
    let redaction = Redaction::of(&[Secret::new("sk-canary-key")]);
    for before in 480..520 {
        let body = format!("{}sk-canary-key", "x".repeat(before));
        let error = failure::refused(401, &HeaderMap::new(), &body, &redaction).error.to_string();
        assert!(!error.contains("sk-"), "{error}");
    }
}
