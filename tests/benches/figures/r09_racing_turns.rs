//! R9: two turns of one session at once, again and again, for each of the strategies. What the session holds is what
//! some order of whole turns has left, and never a mixture.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use alphora::{Environment, ServerConfig};
use alphora_tests::chaos::Random;
use alphora_tests::{KeptConnection, Received, Scripted, TestServer};
use serde_json::json;

use crate::Result;
use crate::figure::Row;
use crate::parallel::in_parallel;
use crate::settings::Scale;

const PAIRS: usize = 10_000;
const WORKERS: usize = 16;
/// The pairs that follow each other on the same two connections.
const BATCH: usize = 25;
const PATIENCE: Duration = Duration::from_secs(30);

const STRATEGIES: [&str; 4] = ["enqueue", "reject", "interrupt", "rollback"];
const PATH: &str = "/v1/chat/completions";

/// What a client was told of its turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    Stored,
    /// It was refused with `session_busy` before it began.
    Busy,
    /// It was ended for another.
    Ended,
    /// Nothing that makes sense.
    Nothing,
}

#[derive(Debug, Default)]
struct Tally {
    stored: usize,
    busy: usize,
    ended: usize,
    nothing: usize,
    /// Turns of which a part was kept.
    parts: usize,
    mixed: usize,
    /// Kept or discarded otherwise than the strategy says.
    wrong: Vec<String>,
}

pub(crate) async fn run(scale: Scale) -> Result<Vec<Row>> {
    let running: Arc<AtomicUsize> = Arc::default();
    let agent = alphora::publish(Scripted::new(running.clone())).server(ServerConfig::default());
    let server = TestServer::start_with(agent.environment(Environment::empty())).await;
    let (address, pairs) = (server.addr, scale.of(PAIRS));
    let mut rows = Vec::new();
    for strategy in STRATEGIES {
        let tallies = in_parallel(pairs.div_ceil(BATCH), WORKERS, move |batch| {
            let first = batch * BATCH;
            race(address, strategy, first..(first + BATCH).min(pairs))
        });
        let tally = tallies.await.into_iter().fold(Tally::default(), Tally::and);
        for example in tally.wrong.iter().take(3) {
            crate::note::example(example);
        }
        rows.extend([
            Row::shown(
                format_args!("`{strategy}`, {pairs} pairs: stored, busy, ended for another, kept in part"),
                format_args!("{}, {}, {}, {}", tally.stored, tally.busy, tally.ended, tally.parts),
            ),
            Row::exactly(format_args!("`{strategy}`: sessions in which turns are mixed"), tally.mixed, 0),
            Row::exactly(
                format_args!("`{strategy}`: sessions that are not as the strategy says"),
                tally.wrong.len(),
                0,
            ),
            Row::exactly(format_args!("`{strategy}`: turns without a well-formed answer"), tally.nothing, 0),
        ]);
        // A strategy that never had to decide anything was not measured.
        let decided = match strategy {
            "reject" => tally.busy,
            "interrupt" | "rollback" => tally.ended,
            _ => pairs,
        };
        if decided < pairs / 2 {
            rows.push(Row::missed(format_args!("`{strategy}`: turns that met another"), decided));
        }
    }
    rows.push(Row::exactly("runs afterwards", running.load(Ordering::SeqCst), 0));
    Ok(rows)
}

/// Lets pairs race on two connections.
async fn race(address: SocketAddr, strategy: &'static str, pairs: std::ops::Range<usize>) -> Tally {
    let mut tally = Tally::default();
    let mut random = Random::new(pairs.start as u64);
    let open = || KeptConnection::open(address);
    let (Ok(one), Ok(other), Ok(mut reader)) = (open().await, open().await, open().await) else {
        tally.nothing += pairs.len() * 2;
        return tally;
    };
    let mut one = one.header("x-alphora-concurrency", strategy);
    let mut other = other.header("x-alphora-concurrency", strategy);
    for pair in pairs {
        let session = format!("{strategy}-{pair}");
        // Half of them at once; the others while the first is under way, or only nearly so.
        let pause = Duration::from_micros(if random.one_in(2) { 0 } else { random.below(4_000) as u64 });
        let (first, second) = tokio::join!(turn(&mut one, &session, 'x', random.clone()), async {
            if !pause.is_zero() {
                tokio::time::sleep(pause).await;
            }
            turn(&mut other, &session, 'y', Random::new(pair as u64)).await
        });
        let stored = recall(&mut reader, &session).await;
        tally.count(strategy, &session, [('x', first), ('y', second)], &stored);
        random.number();
    }
    tally
}

/// One turn: two memories, with words and a wait in between.
async fn turn(connection: &mut KeptConnection, session: &str, name: char, mut random: Random) -> Told {
    let script = format!("remember {name}1\ntext a\nsleep {}\ntext b\nremember {name}2", 2 + random.below(4));
    let body = json!({
        "messages": [{ "role": "user", "content": script }], "session_id": session, "stream": random.one_in(2),
    });
    let received = connection.post(PATH, body, PATIENCE).await;
    if received.is_acknowledged() {
        return Told::Stored;
    }
    match &received {
        Received::Whole(answer) if answer.status == 409 && answer.body.contains("session_busy") => Told::Busy,
        Received::Whole(answer) if received.is_refused() && answer.body.contains("\"code\":") => Told::Ended,
        _ => Told::Nothing,
    }
}

/// What the session holds.
async fn recall(connection: &mut KeptConnection, session: &str) -> Vec<String> {
    let body = json!({
        "messages": [{ "role": "user", "content": "recall" }], "session_id": session, "stream": false,
    });
    match connection.post(PATH, body, PATIENCE).await {
        Received::Whole(answer) if answer.status == 200 => {
            answer.content().split(',').filter(|entry| !entry.is_empty()).map(str::to_owned).collect()
        }
        other => vec![format!("?{other:?}")],
    }
}

impl Tally {
    fn count(&mut self, strategy: &str, session: &str, turns: [(char, Told); 2], stored: &[String]) {
        let told = |what| turns.iter().filter(|(_, told)| *told == what).count();
        self.stored += told(Told::Stored);
        self.busy += told(Told::Busy);
        self.ended += told(Told::Ended);
        self.nothing += told(Told::Nothing);
        // What each turn has left: its entries, which begin with the first and stand together.
        let kept = turns.map(|(name, told)| {
            let entries: Vec<usize> = (0..stored.len()).filter(|at| stored[*at].starts_with(name)).collect();
            let together = entries.windows(2).all(|pair| pair[1] == pair[0] + 1);
            let in_order =
                entries.iter().zip(1..).all(|(at, number)| stored[*at] == format!("{name}{number}"));
            (told, entries.len(), together && in_order)
        });
        let entries: usize = kept.iter().map(|(_, entries, _)| entries).sum();
        if entries != stored.len() || kept.iter().any(|(.., good)| !good) {
            self.mixed += 1;
        }
        self.parts += kept.iter().filter(|(_, entries, _)| *entries == 1).count();
        let is_right = kept.iter().all(|(told, entries, _)| match told {
            Told::Stored => *entries == 2,
            Told::Busy => *entries == 0,
            // All of it may have been there when it was ended.
            Told::Ended => strategy == "interrupt" || *entries == 0,
            Told::Nothing => false,
        });
        // Nobody waits in vain: `enqueue` does both, and the others at least one.
        let is_enough = told(Told::Stored) >= if strategy == "enqueue" { 2 } else { 1 };
        if !is_right || !is_enough {
            self.wrong.push(format!("{session}: {turns:?} left {stored:?}"));
        }
    }

    fn and(mut self, mut other: Self) -> Self {
        self.stored += other.stored;
        self.busy += other.busy;
        self.ended += other.ended;
        self.nothing += other.nothing;
        self.parts += other.parts;
        self.mixed += other.mixed;
        self.wrong.append(&mut other.wrong);
        self
    }
}
