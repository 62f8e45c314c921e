//! R7: agents that fail, in every way, at every time, on every surface. Each answer is whole or a well-formed error,
//! and what is private stays private.

mod ending;
mod subject;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use alphora::{Environment, ServerConfig};
use alphora_tests::{KeptConnection, Received, TestServer};
use serde_json::json;

use self::ending::{Ending, judge};
use self::subject::{CANARY, Expected, Fails, MODES, Mode};
use crate::Result;
use crate::figure::Row;
use crate::parallel::in_parallel;
use crate::settings::Scale;

const FAILURES: usize = 10_000;
const WORKERS: usize = 16;
/// The requests that a worker makes on one connection.
const REQUESTS: usize = 50;
const PATIENCE: Duration = Duration::from_secs(10);

/// The numbers of events before a failure.
const CHUNKS: [usize; 3] = [0, 1, 7];
const PATHS: [&str; 2] = ["/alphadata/chat/completions", "/v1/chat/completions"];

/// One request: how its agent fails, and how its answer is carried.
#[derive(Debug, Clone, Copy)]
struct Case {
    mode: Mode,
    chunks: usize,
    path: &'static str,
    stream: bool,
}

/// What came of requests.
#[derive(Debug, Default)]
struct Tally {
    /// By what they were.
    wholes: usize,
    events: usize,
    refusals: usize,
    /// Neither whole nor a well-formed error, each as it came.
    malformed: Vec<String>,
    /// Well formed, and not what the case has to come to.
    unexpected: Vec<String>,
    leaks: usize,
    /// Good requests that followed a failure on its connection and went wrong.
    spoiled: usize,
    connections: usize,
}

pub(crate) async fn run(scale: Scale) -> Result<Vec<Row>> {
    let count = scale.of(FAILURES);
    let running: Arc<AtomicUsize> = Arc::default();
    let agent = alphora::publish(Fails::new(running.clone())).server(ServerConfig::default());
    let server = TestServer::start_with(agent.environment(Environment::empty())).await;
    let address = server.addr;
    // Thousands of panics are meant to happen; none of them is news.
    let told = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let tallies = in_parallel(count.div_ceil(REQUESTS), WORKERS, move |batch| {
        let first = batch * REQUESTS;
        fail(address, first..(first + REQUESTS).min(count))
    });
    let tallies = tallies.await;
    std::panic::set_hook(told);
    let tally = tallies.into_iter().fold(Tally::default(), Tally::and);
    for example in tally.malformed.iter().chain(&tally.unexpected).take(3) {
        crate::note::example(example);
    }
    let batches = count.div_ceil(REQUESTS);
    Ok(vec![
        Row::exactly(
            format_args!("answers of {count} failing agents that are whole or a well-formed error"),
            tally.wholes + tally.events + tally.refusals,
            count,
        ),
        Row::shown(
            "of these: whole, error event, error status",
            format_args!("{}, {}, {}", tally.wholes, tally.events, tally.refusals),
        ),
        Row::exactly("truncated, doubled or garbled endings", tally.malformed.len(), 0),
        Row::exactly("endings of another kind than the failure's", tally.unexpected.len(), 0),
        Row::exactly("answers with private text", tally.leaks, 0),
        Row::exactly("good requests right after a failure that went wrong", tally.spoiled, 0),
        Row::exactly("connections that were needed", tally.connections, batches),
        Row::exactly("runs afterwards", running.load(Ordering::SeqCst), 0),
    ])
}

/// Every case in turn.
fn case(number: usize) -> Case {
    let (mode, rest) = (number % MODES.len(), number / MODES.len());
    let (chunks, rest) = (rest % CHUNKS.len(), rest / CHUNKS.len());
    Case {
        mode: MODES[mode],
        chunks: CHUNKS[chunks],
        path: PATHS[rest % 2],
        stream: (rest / 2).is_multiple_of(2),
    }
}

/// Makes these requests on one connection, and a good one after every fifth.
async fn fail(address: SocketAddr, numbers: std::ops::Range<usize>) -> Tally {
    let mut tally = Tally::default();
    let mut connection = None;
    for number in numbers {
        let case = case(number);
        let Some(raw) = exchange(address, &mut connection, &mut tally, case).await else { continue };
        tally.leaks += usize::from(raw.contains(CANARY));
        if number % 5 == 0 {
            let good = Case { mode: Mode::Forgets, chunks: 3, ..case };
            let before = tally.wholes;
            exchange(address, &mut connection, &mut tally, good).await;
            tally.spoiled += usize::from(tally.wholes == before);
            tally.wholes = before;
        }
    }
    tally
}

/// One request; gives what came back if it was an answer, and counts it.
async fn exchange(
    address: SocketAddr,
    connection: &mut Option<KeptConnection>,
    tally: &mut Tally,
    case: Case,
) -> Option<String> {
    let mut open = if let Some(open) = connection.take() {
        open
    } else {
        tally.connections += 1;
        KeptConnection::open(address).await.ok()?
    };
    let script = format!("{} {}", case.mode.word(), case.chunks);
    let body = json!({ "messages": [{ "role": "user", "content": script }], "stream": case.stream });
    let received = open.post(case.path, body, PATIENCE).await;
    let Received::Whole(answer) = received else {
        tally.malformed.push(format!("{case:?}: {received:?}"));
        return Some(format!("{received:?}"));
    };
    let ending = judge(&answer);
    match &ending {
        Ok(Ending::Whole { .. }) => tally.wholes += 1,
        Ok(Ending::Event { .. }) => tally.events += 1,
        Ok(Ending::Refusal { .. }) => tally.refusals += 1,
        Err(why) => tally.malformed.push(format!("{case:?}: {why}: {}", answer.body)),
    }
    if let Ok(ending) = &ending
        && !ending.is(case)
    {
        tally.unexpected.push(format!("{case:?}: {ending:?}: {}", answer.body));
    }
    let raw = String::from_utf8_lossy(open.last_answer()).into_owned();
    *connection = Some(open);
    Some(raw)
}

impl Ending {
    /// Whether this is what the case has to come to.
    fn is(&self, case: Case) -> bool {
        let text: String = (0..case.chunks).map(subject::chunk).collect();
        match (case.mode.expected(), self) {
            (Expected::Whole, Self::Whole { content }) => *content == text,
            // A failure before the first event has a status, and one of an answer in one piece always has.
            (Expected::Failure { status, code }, Self::Refusal { status: given, code: said }) => {
                (!case.stream || case.chunks == 0) && (*given, said.as_str()) == (status, code)
            }
            (Expected::Failure { code, .. }, Self::Event { content, code: said }) => {
                case.stream && case.chunks > 0 && *content == text && said == code
            }
            _ => false,
        }
    }
}

impl Tally {
    fn and(mut self, mut other: Self) -> Self {
        self.wholes += other.wholes;
        self.events += other.events;
        self.refusals += other.refusals;
        self.malformed.append(&mut other.malformed);
        self.unexpected.append(&mut other.unexpected);
        self.leaks += other.leaks;
        self.spoiled += other.spoiled;
        self.connections += other.connections;
        self
    }
}
