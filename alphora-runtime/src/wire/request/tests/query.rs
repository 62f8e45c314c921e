//! The user's question, what came before it, and the headers.

use std::borrow::Cow;

use super::accepted;
use crate::wire::{Content, ContentPart, Message, OpenAIRequest, Role};

#[test]
fn the_question_is_the_last_message_of_the_user() {
    let request = OpenAIRequest::new([
        Message::system("be kind"),
        Message::user("first"),
        Message::assistant("answer"),
        Message::user("second"),
        Message::tool("call_1", "result"),
    ]);
    assert_eq!(request.get_user_query(), "second");
    assert_eq!(request.earlier_messages().len(), 3);
    let without = OpenAIRequest::new([Message::system("be kind")]);
    assert_eq!(without.get_user_query(), "");
    assert_eq!(without.earlier_messages().len(), 1);
}

#[test]
fn the_text_of_every_sort_of_content() {
    let text = |content: &str| {
        accepted(&format!(r#"{{"messages": [{{"role": "user", "content": {content}}}]}}"#))
            .get_user_query()
            .into_owned()
    };
    assert_eq!(text(r#""  as it is\n""#), "  as it is\n");
    assert_eq!(text("null"), "");
    assert_eq!(text("[]"), "");
    assert_eq!(
        text(
            r#"[{"type": "text", "text": "ro"}, {"type": "image_url"}, {"type": "text", "text": "l\u0065s"}]"#
        ),
        "roles"
    );
    assert_eq!(text(r#"[{"type": "text"}, {"text": "no type"}, {"type": "text", "text": "x"}]"#), "x");
    assert_eq!(text(r#"{ "a" : [1.0] }"#), r#"{ "a" : [1.0] }"#);
}

#[test]
fn plain_text_is_not_copied() {
    let request = OpenAIRequest::user("hi");
    assert!(matches!(request.get_user_query(), Cow::Borrowed("hi")));
    let parts = OpenAIRequest::user(vec![ContentPart::from_text("hi")]);
    assert!(matches!(parts.get_user_query(), Cow::Borrowed("hi")));
}

#[test]
fn messages_are_made_from_words() {
    assert_eq!(Message::new("user", "hi"), Message::user("hi"));
    assert_eq!(Message::new(Role::from("x".to_owned()), Content::Null).role.to_string(), "x");
    assert_eq!(Message::tool("c", "r").tool_call_id.as_deref(), Some("c"));
    let image = ContentPart::from_image_url("http://x/\"y\"");
    assert_eq!(image.image_url().unwrap().url, "http://x/\"y\"");
    let short = ContentPart::new(serde_json::json!({"type": "image_url", "image_url": "http://x"})).unwrap();
    assert_eq!(short.image_url().unwrap().url, "http://x");
    assert_eq!(ContentPart::new(1).unwrap_err().code(), "invalid_type");
}

#[test]
fn headers_are_found_whatever_the_case() {
    let mut request = OpenAIRequest::user("hi").with_header("X-Foo", "bar").with_header("x-foo", "second");
    assert_eq!(request.get_header("x-FOO"), Some("bar"));
    assert_eq!(request.get_header("x-fo"), None);
    assert_eq!(request.headers().collect::<Vec<_>>(), [("x-foo", "bar"), ("x-foo", "second")]);
    request.set_headers(std::collections::HashMap::from([("A".to_owned(), "b".to_owned())]));
    assert_eq!((request.get_header("a"), request.get_header("x-foo")), (Some("b"), None));
    assert_eq!(OpenAIRequest::default().headers().count(), 0);
}

#[test]
fn secrets_are_not_in_debug_output() {
    let secret = "sk-canary";
    let request = OpenAIRequest::user(secret)
        .with_header("Authorization", format!("Bearer {secret}"))
        .with_header("Proxy-Authorization", secret)
        .with_header("Cookie", secret)
        .with_header("X-Api-Key", secret)
        .with_header("api-key", secret)
        .with_header("x-auth-token", secret)
        .with_header("x-of-their-own", secret)
        .with_header("Accept", "shown");
    for text in [format!("{request:?}"), format!("{request:#?}")] {
        assert!(!text.contains(secret), "{text}");
        assert!(text.contains("shown") && text.contains("authorization"), "{text}");
    }
}
