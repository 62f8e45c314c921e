//! How an answer begins. The feature `server` has the type that a response is made from here.

use std::sync::Arc;
use std::time::Duration;

use super::super::answer::Answer;
use super::super::clocks::{Clock, Clocks, Deadline};
use super::super::completions::Peer;
use crate::model::think::ThinkTags;
use crate::secret::Redaction;

#[tokio::test]
async fn a_clock_expires_within_one_piece_of_a_body() {
    let event = "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":1}}\n\n";
    let text = "data: {\"choices\":[{\"delta\":{\"content\":\"hi\"}}]}\n\n";
    let body = event.repeat(60_000) + text;
    let peer = Peer {
        model: "m".to_owned(),
        origin: "http://host".to_owned(),
        redaction: Redaction::default(),
        clocks: Clocks::default(),
        think_tags: ThinkTags::Looked,
    };
    let total = Deadline::of(Clock::Total, Duration::from_secs(300));
    let mut answer = Answer::new(Arc::new(peer), total);
    let first_token = Deadline::of(Clock::FirstToken, Duration::from_millis(1));
    let begun = first_token.run(answer.begin(http::Response::new(body).into())).await;
    assert!(begun.is_none(), "60,000 events take longer than a millisecond");
}
