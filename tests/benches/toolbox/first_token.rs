//! What the model client adds until the first token, against a bare HTTP client that reads the same answer.

use std::time::Instant;

use alphora::OpenAILike;
use alphora_tests::median;
use alphora_tests::model_server::{Answer, ModelServer};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::Request;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

use crate::faults::runtime;
use crate::table::Table;

pub(crate) fn measure(quick: bool, table: &mut Table) {
    let calls = if quick { 300 } else { 3_000 };
    let (ours, bare) = runtime().block_on(async {
        let words: Vec<String> = ["one ", "two ", "three"].map(str::to_owned).into();
        let server = ModelServer::queue([Answer::words(&words)]).await;
        let llm =
            OpenAILike::builder().base_url(&server.base_url).model_name("fast").build().expect("a model");
        let client: Bare = Client::builder(TokioExecutor::new()).build_http();
        let url = format!("{}/chat/completions", server.base_url);
        let (mut ours, mut bare) = (Vec::new(), Vec::new());
        for call in 0..calls + 50 {
            let (one, other) = (through(&llm).await, plain(&client, &url).await);
            // The first calls open connections and warm caches.
            if call >= 50 {
                ours.push(one);
                bare.push(other);
            }
        }
        (median(&ours), median(&bare))
    });
    table.at_most("time to the first token, against a bare HTTP client", ours / bare, 2.0);
    table.shown("what that is in microseconds (ours, bare)", format!("{:.0}, {:.0}", ours * 1e6, bare * 1e6));
}

/// Seconds until the first piece; the rest is read, so that the connection is used again.
async fn through(llm: &OpenAILike) -> f64 {
    let begun = Instant::now();
    let mut reply = llm.acall("hello").await.expect("an answer");
    let first = reply.next().await.expect("a piece").expect("a piece");
    let passed = begun.elapsed();
    assert_eq!(first.content, "one ");
    assert_eq!(reply.response().await.expect("all of it"), "one two three");
    passed.as_secs_f64()
}

/// A connection pool and HTTP, and nothing else.
type Bare = Client<HttpConnector, Full<Bytes>>;

/// The same with hyper's client alone: seconds until bytes hold the first piece.
async fn plain(client: &Bare, url: &str) -> f64 {
    const BODY: &str = r#"{"model":"fast","messages":[{"role":"user","content":"hello"}],"stream":true}"#;
    let begun = Instant::now();
    let request = Request::post(url).header("content-type", "application/json");
    let request = request.body(Full::from(BODY)).expect("a request");
    let mut body = client.request(request).await.expect("an answer").into_body();
    let mut text = Vec::new();
    let mut first = None;
    while let Some(frame) = body.frame().await {
        text.extend_from_slice(&frame.expect("the body").into_data().expect("data"));
        if first.is_none() && text.windows(4).any(|word| word == b"one ") {
            first = Some(begun.elapsed());
        }
    }
    first.expect("the first piece").as_secs_f64()
}
