//! Faults on both sides of an agent: between it and its client, and between it and its model.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use alphora::RetryPolicy;
use alphora::prelude::*;
use alphora_tests::chaos::{ChaosProxy, Fault, Plan, Random};
use alphora_tests::model_server::{Answer, ModelServer};
use alphora_tests::{KeptConnection, Received, TestServer, Turns, post, until};
use serde_json::json;

use super::OPENAI;

const WORDS: [&str; 6] = ["all ", "of ", "this ", "or ", "an ", "error"];

/// Shows what its model says while it is said, and remembers all of it.
#[agent]
struct Relays {
    llm: OpenAILike,
    running: Arc<AtomicUsize>,
    #[agent(memory)]
    memory: Turns,
    #[agent(stream)]
    stream: DataStreamer,
}

/// Counts a run for as long as its future lives.
struct Running(Arc<AtomicUsize>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[agent]
impl Relays {
    async fn run(&mut self, request: OpenAIRequest) -> Result<(), AgentError> {
        self.running.fetch_add(1, Ordering::SeqCst);
        let _running = Running(self.running.clone());
        let query = request.get_user_query();
        if query == "recall" {
            self.stream.text(self.memory.0.join(",")).await?;
            return Ok(());
        }
        let mut reply = self.llm.acall(&*query).await?;
        let said = reply.send_to(&self.stream).await?.to_owned();
        self.memory.0.push(format!("{query}:{said}"));
        Ok(())
    }
}

/// A plan of a connection that ends badly, within some three exchanges. A good one would be used for all that follow.
fn fatal(random: &mut Random) -> Plan {
    loop {
        let plan = Plan::random(random, 900, 4_000);
        if let Some((_, fault)) = plan.to_server.fault.or(plan.to_client.fault)
            && !matches!(fault, Fault::Stall(_))
        {
            return plan;
        }
    }
}

#[tokio::test]
async fn a_model_behind_a_bad_network_answers_whole_or_not_at_all() {
    let seed = 7;
    let model = ModelServer::start(|_| Answer::words(&WORDS).paced(Duration::from_millis(1))).await;
    let model_addr: SocketAddr =
        model.base_url.trim_start_matches("http://").trim_end_matches("/v1").parse().unwrap();
    let mut plans = Random::new(seed);
    let to_model = ChaosProxy::start(model_addr, move |_| fatal(&mut plans)).await;
    let llm = OpenAILike::builder()
        .base_url(format!("http://{}/v1", to_model.addr))
        .model_name("m")
        .retry(RetryPolicy::default().base_delay(Duration::from_millis(2)).own_budget(true))
        .first_token_timeout(Duration::from_millis(300))
        .idle_timeout(Duration::from_millis(300))
        .build()
        .unwrap();
    let running: Arc<AtomicUsize> = Arc::default();
    let server = TestServer::start(alphora::publish(Relays::new(llm, running.clone()))).await;
    let mut plans = Random::new(seed + 1);
    let to_server = ChaosProxy::start(server.addr, move |number| match number % 3 {
        0 => Plan::random(&mut plans, 400, 3_000),
        _ => Plan::nothing(),
    })
    .await;

    let whole = WORDS.concat();
    let (mut acknowledged, mut refused) = (Vec::new(), 0);
    for number in 0..120 {
        let stream = number % 2 == 0;
        let body = json!({
            "messages": [{ "role": "user", "content": number.to_string() }], "session_id": "s", "stream": stream,
        });
        let mut connection = KeptConnection::open(to_server.addr).await.unwrap();
        let received = connection.post(OPENAI, body, Duration::from_secs(1)).await;
        if received.is_acknowledged() {
            if let Received::Whole(answer) = &received {
                assert_eq!(answer.content(), whole, "seed {seed}: turn {number} was acknowledged");
            }
            acknowledged.push(format!("{number}:{whole}"));
        }
        refused += usize::from(received.is_refused());
    }
    drop(to_server);
    until(format!("seed {seed}: no run is left"), async || running.load(Ordering::SeqCst) == 0).await;
    let body = json!({ "messages": [{ "role": "user", "content": "recall" }], "session_id": "s" });
    let stored = post(server.addr, OPENAI, body, &[]).await.content();
    let mut stored = stored.split(',');
    for turn in &acknowledged {
        assert!(stored.any(|other| other == turn), "seed {seed}: {turn} is lost");
    }
    assert!(acknowledged.len() > 30 && refused > 5, "{} acknowledged, {refused} refused", acknowledged.len());
}
