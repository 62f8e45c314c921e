//! What a model has worked counts, also for a client that leaves before the end.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use alphora::prelude::*;
use alphora::{OpenAILike, RetryPolicy};
use alphora_tests::model_server::{self, ModelServer, Step};
use alphora_tests::{Connection, get, request, until, until_running};

use super::*;

/// A model says how many tokens it has used so far with each word, and never comes to its end.
const TOLD: &str = "told with each word";
/// One says it at the end alone, which never comes.
const UNTOLD: &str = "not told before the end";
/// One breaks off.
const BROKEN: &str = "a connection that breaks";
/// The agent wants the first word only.
const FIRST: &str = "one word is enough";
/// No model is asked.
const QUIET: &str = "no model";

const PATH: &str = "/relays/chat/completions";

/// Shows what its model says while it is said.
#[agent]
struct Relays {
    llm: OpenAILike,
    /// How many pieces its runs have got.
    heard: Arc<AtomicUsize>,
    #[agent(stream)]
    stream: DataStreamer,
}

#[agent(path = "/relays")]
impl Relays {
    async fn run(&self, request: OpenAIRequest) -> Result<(), AgentError> {
        let query = request.get_user_query();
        if query == QUIET {
            return Ok(self.stream.text("-").await?);
        }
        let mut reply = self.llm.acall(&*query).await?;
        while let Some(chunk) = reply.next().await {
            self.stream.text(chunk?.content).await?;
            self.heard.fetch_add(1, Ordering::SeqCst);
            if query == FIRST {
                break;
            }
        }
        Ok(())
    }
}

/// What the model server does with a request, by what its user says.
fn script(seen: &model_server::Seen) -> model_server::Answer {
    let words = ["three ", "words ", "and"].map(model_server::content);
    let (events, end) = if seen.body.contains(TOLD) {
        let told = [1, 2, 3].map(|spoken| model_server::usage(7, spoken));
        let events: Vec<String> = words.into_iter().zip(told).flat_map(<[String; 2]>::from).collect();
        (events, "\"completion_tokens\":3")
    } else {
        (words.to_vec(), "\"and\"")
    };
    let answer = model_server::Answer::events(&events);
    let then = if seen.body.contains(BROKEN) { Step::Reset } else { Step::Stall };
    let length = answer.bytes_up_to(end);
    answer.first(length, then)
}

struct Bench {
    _model: ModelServer,
    server: TestServer,
    heard: Arc<AtomicUsize>,
}

impl Bench {
    async fn start(tokens_per_minute: u64) -> Self {
        let model = ModelServer::start(script).await;
        let llm = OpenAILike::builder().base_url(&model.base_url).model_name("m").retry(RetryPolicy::none());
        let heard: Arc<AtomicUsize> = Arc::default();
        let relays = Relays::new(llm.build().unwrap(), heard.clone());
        let limits = Limits { tokens_per_minute: Some(tokens_per_minute), ..Limits::default() };
        let server = TestServer::start(alphora::publish(relays).server(each(limits))).await;
        Self { _model: model, server, heard }
    }

    async fn ask(&self, query: &str) -> Answer {
        post(self.server.addr, PATH, body(query, false), &[]).await
    }

    /// Asks, and leaves when the agent has got all three words.
    async fn leave(&self, query: &str, stream: bool) {
        self.heard.store(0, Ordering::SeqCst);
        let bytes = request("POST", PATH, &[], body(query, stream).to_string().as_bytes());
        let mut connection = Connection::send(self.server.addr, &bytes).await.unwrap();
        until_running(&self.heard, 3).await;
        if stream {
            connection.until("\"and\"").await.unwrap();
        }
    }

    /// Waits until so many tokens of prompts and of answers were counted.
    async fn counted(&self, prompt: usize, completion: usize) {
        let line = |kind: &str, tokens: usize| {
            format!("\nalphora_tokens_total{{agent=\"Relays\",kind=\"{kind}\"}} {tokens}\n")
        };
        let (prompt, completion) = (line("prompt", prompt), line("completion", completion));
        until(format!("{prompt}{completion}"), async || {
            let metrics = get(self.server.addr, "/metrics").await.body;
            metrics.contains(&prompt) && metrics.contains(&completion)
        })
        .await;
    }
}

/// What a text is taken to have, of which no model has said it.
fn estimated(text: &str) -> usize {
    text.len().div_ceil(4)
}

#[tokio::test]
async fn a_client_that_leaves_after_the_last_word_is_charged_for_it() {
    for (query, stream) in [(TOLD, true), (TOLD, false), (UNTOLD, true), (UNTOLD, false)] {
        let bench = Bench::start(10).await;
        bench.leave(query, stream).await;
        until(format!("{query}: its key has used what it has"), async || {
            bench.ask(QUIET).await.status == 429
        })
        .await;
    }
}

#[tokio::test]
async fn what_is_counted_is_what_the_model_has_told() {
    let bench = Bench::start(1_000).await;
    bench.leave(TOLD, true).await;
    bench.counted(7, 3).await;
    bench.leave(TOLD, false).await;
    bench.counted(14, 6).await;
}

#[tokio::test]
async fn where_it_has_told_nothing_it_is_an_estimate() {
    let bench = Bench::start(1_000).await;
    let said = estimated("three words and");
    bench.leave(UNTOLD, true).await;
    bench.counted(estimated(UNTOLD), said).await;
    assert_eq!(bench.ask(BROKEN).await.status, 500);
    bench.counted(estimated(UNTOLD) + estimated(BROKEN), 2 * said).await;
}

#[tokio::test]
async fn an_estimate_is_no_usage_of_the_answer() {
    let bench = Bench::start(1_000).await;
    let answer = bench.ask(FIRST).await;
    assert_eq!((answer.status, &answer.json()["usage"]["total_tokens"]), (200, &json!(0)), "{}", answer.body);
    let left: u64 = bench.ask(QUIET).await.header("x-ratelimit-remaining-tokens").unwrap().parse().unwrap();
    assert!((985..=996).contains(&left), "it counts for the limit: {left}");
}
