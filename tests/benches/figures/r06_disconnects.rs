//! R6: clients that leave. Their runs end at once, and so do the calls of models that these runs wait for; runs that
//! are to go on without a client do; and a network that is gone without a word is found out.

mod leaving;
mod partition;
mod subject;

use std::sync::Arc;
use std::time::Duration;

use alphora::prelude::*;
use alphora::{Environment, MemoryPool, RetryPolicy, ServerConfig};
use alphora_tests::TestServer;
use alphora_tests::model_server::{Answer, ModelServer, Step, content};

use self::leaving::{GOODBYES, Goodbye, Kind, leave};
use self::subject::{Leaves, LeavesConfig, Ledger};
use crate::Result;
use crate::figure::Row;
use crate::latency::{Latencies, milliseconds};
use crate::parallel::in_parallel;
use crate::settings::Scale;

const DISCONNECTS: usize = 10_000;
const WORKERS: usize = 16;
/// The longest that a client takes to see its run end; far above the goal.
const PATIENCE: Duration = Duration::from_secs(5);
/// One turn of the scheduler of a machine that others use too: no baseline is taken to be shorter.
const LEAST: Duration = Duration::from_millis(2);

pub(crate) async fn run(scale: Scale) -> Result<Vec<Row>> {
    let count = scale.of(DISCONNECTS);
    let mut rows = cancelled(count).await?;
    rows.extend(upstream(count).await?);
    rows.extend(continued(count).await?);
    rows.extend(partition::run().await?);
    Ok(rows)
}

/// A server whose runs note their ends in `ledger` and ask `llm`, with room for `sessions`.
async fn serve(ledger: &Arc<Ledger>, llm: OpenAILike, sessions: usize) -> (TestServer, MemoryPool) {
    let pool = MemoryPool::new(Duration::from_secs(3600), sessions.max(1));
    let agent = alphora::publish(Leaves::new(ledger.clone(), llm));
    let agent = agent.config(LeavesConfig::default()).memory_pool(pool.clone());
    let server = agent.server(ServerConfig::default()).environment(Environment::empty());
    (TestServer::start_with(server).await, pool)
}

fn no_model() -> Result<OpenAILike> {
    Ok(OpenAILike::builder().base_url("http://127.0.0.1:9/v1").model_name("none").build()?)
}

/// How long runs live on after their clients, measured against the way of an event to a client.
async fn cancelled(count: usize) -> Result<Vec<Row>> {
    let ledger = Arc::new(Ledger::new(count));
    let (server, _) = serve(&ledger, no_model()?, 1).await;
    let address = server.addr;
    let known = ledger.clone();
    let delays = in_parallel(WORKERS * 4, WORKERS, move |_| leaving::delays(address, known.clone())).await;
    let healthy: Latencies = delays.into_iter().flatten().collect();

    let known = ledger.clone();
    let ended = in_parallel(count, WORKERS, move |number| {
        let (known, kind) = (known.clone(), Kind::of(number));
        async move { (kind.goodbye, leave(address, known, number, kind, PATIENCE).await) }
    });
    let ended: Vec<(Goodbye, Option<Duration>)> = ended.await;
    let missing = ended.iter().filter(|(_, ended)| ended.is_none()).count();
    let ends: Latencies = ended.iter().filter_map(|(_, ended)| *ended).collect();
    let by_goodbye = GOODBYES.map(|goodbye| {
        let such = ended.iter().filter(|(other, _)| *other == goodbye);
        milliseconds(such.filter_map(|(_, ended)| *ended).collect::<Latencies>().percentile(99))
    });
    let ratio = ends.percentile(99).as_secs_f64() / healthy.percentile(99).max(LEAST).as_secs_f64();
    Ok(vec![
        Row::exactly(format_args!("runs of {count} that outlived their clients"), missing, 0),
        Row::exactly("runs afterwards", ledger.running(), 0),
        Row::shown(
            "from an event to its receipt, p50 / p99",
            format_args!(
                "{} / {} ms",
                milliseconds(healthy.percentile(50)),
                milliseconds(healthy.percentile(99))
            ),
        ),
        Row::shown(
            "from a disconnect to the end of its run, p50 / p99 / longest",
            format_args!(
                "{} / {} / {} ms",
                milliseconds(ends.percentile(50)),
                milliseconds(ends.percentile(99)),
                milliseconds(ends.percentile(100))
            ),
        ),
        Row::shown("its p99 after FIN / RST / half-close", format_args!("{} ms", by_goodbye.join(" / "))),
        Row::at_most(
            format_args!("its p99, as a multiple of an event's (of at least {LEAST:?})"),
            ratio,
            25.0,
            "",
        ),
    ])
}

/// Whether a call of a model ends with the run that waits for it.
async fn upstream(count: usize) -> Result<Vec<Row>> {
    let mut answer = Answer::events(&[content("one "), content("two ")]);
    // It never ends by itself.
    answer.steps.pop();
    answer.steps.push(Step::Stall);
    let model = ModelServer::start(move |_| answer.clone()).await;
    let llm =
        OpenAILike::builder().base_url(&model.base_url).model_name("m").retry(RetryPolicy::none()).build()?;
    let ledger = Arc::new(Ledger::new(count));
    let (server, _) = serve(&ledger, llm, 1).await;
    let (address, known) = (server.addr, ledger.clone());
    let ended = in_parallel(count, WORKERS, move |number| {
        let kind = Kind { command: "ask", chunks: 2, ..Kind::of(number) };
        leave(address, known.clone(), number, kind, PATIENCE)
    });
    let missing = ended.await.iter().filter(|ended| ended.is_none()).count();
    for _ in 0..500 {
        if model.record.abandoned_count() == count {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    Ok(vec![
        Row::exactly("runs that outlived their clients while they asked a model", missing, 0),
        Row::exactly("calls of the model that were made", model.record.request_count(), count),
        Row::exactly("connections to the model that were closed", model.record.abandoned_count(), count),
    ])
}

/// Whether runs that are to go on without a client are stored.
async fn continued(count: usize) -> Result<Vec<Row>> {
    let ledger = Arc::new(Ledger::new(count));
    let (server, pool) = serve(&ledger, no_model()?, count).await;
    let (address, known) = (server.addr, ledger.clone());
    let ended = in_parallel(count, WORKERS, move |number| {
        let kind = Kind { command: "finish", goes_on: true, ..Kind::of(number) };
        leave(address, known.clone(), number, kind, PATIENCE)
    });
    let missing = ended.await.iter().filter(|ended| ended.is_none()).count();
    // The method returns before what it remembers is stored.
    for _ in 0..100 {
        if pool.size() >= count {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    Ok(vec![
        Row::exactly("runs with `continue` that did not end at all", missing, 0),
        Row::exactly("runs with `continue` that came to their own end", ledger.finished(), count),
        Row::exactly("sessions that these have stored", pool.size(), count),
        Row::exactly("runs afterwards", ledger.running(), 0),
    ])
}
