//! What many turns come to while a fifth of all requests meets a fault.

use std::fmt;
use std::time::Duration;

use alphora::{OpenAILike, RetryPolicy};
use tokio::task::JoinSet;

use super::answer::{Answer, Cut, Step};
use super::body;
use super::record::{Record, Seen};
use super::server::ModelServer;

/// How many turns are under way at once.
const CONCURRENCY: usize = 32;

/// How many words a turn's answer has.
const WORDS: usize = 12;

/// The longest that a turn may take before it counts as hung.
const HUNG: Duration = Duration::from_secs(60);

/// The client's clocks for a first token and for silence.
const CLOCK: Duration = Duration::from_millis(500);

/// What many turns came to.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Report {
    /// Calls made, one a turn.
    pub calls: usize,
    /// Requests that reached the server.
    pub requests: usize,
    /// Requests a call.
    pub amplification: f64,
    /// Requests that were sent again after their call had given its first piece.
    pub retries_after_first_token: usize,
    /// Turns in which something was said twice.
    pub duplicated: usize,
    /// Turns that ended well although something was missing, or that skipped something on the way.
    pub missing: usize,
    /// Turns that did not end.
    pub hung: usize,
    /// Turns that ended in a typed error.
    pub failed: usize,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} calls, {} requests, amplification {:.3}, {} retries after a first token, {} duplicated, {} missing, \
             {} hung, {} failed with a typed error",
            self.calls,
            self.requests,
            self.amplification,
            self.retries_after_first_token,
            self.duplicated,
            self.missing,
            self.hung,
            self.failed
        )
    }
}

/// How one turn ended.
#[derive(Debug, Default)]
struct Turn {
    retried_late: bool,
    duplicated: bool,
    missing: bool,
    hung: bool,
    failed: bool,
}

/// Asks a faulty server `turns` times, 32 turns at once.
///
/// Of 100 requests 20 meet a fault: 17 before the first token (429 with and without `Retry-After`, 500, 503, FIN and
/// RST before and after the head, a half-closed socket, silence), 3 after it (FIN, RST, garbage, silence). Calls that
/// were tried twice again would send 1.2 requests each; the budget, which is this client's own, lets fewer pass.
pub async fn faults(turns: usize) -> Report {
    let server = ModelServer::start(answer).await;
    let policy = RetryPolicy::default()
        .base_delay(Duration::from_millis(2))
        .max_delay(Duration::from_millis(10))
        .own_budget(true);
    let llm = OpenAILike::builder()
        .base_url(&server.base_url)
        .model_name("faulty")
        .first_token_timeout(CLOCK)
        .idle_timeout(CLOCK)
        .retry(policy)
        .build()
        .unwrap();
    let mut report = Report { calls: turns, ..Report::default() };
    let mut running = JoinSet::new();
    for number in 0..turns {
        if running.len() >= CONCURRENCY {
            count(&mut report, running.join_next().await.unwrap().unwrap());
        }
        running.spawn(turn(llm.clone(), server.record.clone(), number));
    }
    while let Some(turn) = running.join_next().await {
        count(&mut report, turn.unwrap());
    }
    report.requests = server.record.request_count();
    #[expect(clippy::cast_precision_loss, reason = "nobody asks so often")]
    let amplification = report.requests as f64 / turns as f64;
    report.amplification = amplification;
    report
}

fn count(report: &mut Report, turn: Turn) {
    let Turn { retried_late, duplicated, missing, hung, failed } = turn;
    report.retries_after_first_token += usize::from(retried_late);
    report.duplicated += usize::from(duplicated);
    report.missing += usize::from(missing);
    report.hung += usize::from(hung);
    report.failed += usize::from(failed);
}

fn words(turn: &str) -> Vec<String> {
    (0..WORDS).map(|number| format!("{turn}.{number} ")).collect()
}

async fn turn(llm: OpenAILike, record: Record, number: usize) -> Turn {
    let name = format!("turn-{number}");
    let Ok(turn) = tokio::time::timeout(HUNG, ask(&llm, &record, &name)).await else {
        return Turn { hung: true, ..Turn::default() };
    };
    turn
}

async fn ask(llm: &OpenAILike, record: &Record, name: &str) -> Turn {
    let mut turn = Turn::default();
    let Ok(mut reply) = llm.acall(name).await else {
        turn.failed = true;
        return turn;
    };
    let requests = record.requests_for(name);
    let mut text = String::new();
    while let Some(chunk) = reply.next().await {
        match chunk {
            Ok(chunk) => text.push_str(&chunk.content),
            Err(_) => turn.failed = true,
        }
    }
    turn.retried_late = record.requests_for(name) > requests;
    let words = words(name);
    turn.duplicated = words.iter().any(|word| text.matches(word.as_str()).count() > 1);
    let whole = words.concat();
    turn.missing = if turn.failed { !whole.starts_with(&text) } else { text != whole };
    turn
}

/// What the server does with the request that came in this place. The place decides, so that 20 of 100 meet a fault.
fn answer(seen: &Seen) -> Answer {
    let whole = Answer::words(&words(&seen.asked()));
    let head = whole.bytes_up_to("null");
    let middle = whole.bytes_up_to(".5 ");
    let error = r#"{"error":{"message":"on demand","type":"server_error"}}"#;
    // What takes turns with another fault, from one hundred requests to the next.
    let is_even = (seen.number / 100).is_multiple_of(2);
    match place(seen.number) {
        0 => Answer::status(429, &[("retry-after", "0")], error),
        1 => Answer::status(429, &[("retry-after-ms", "5")], error),
        2 => Answer::status(429, &[], error),
        3 | 4 => Answer::status(500, &[], error),
        5 => Answer::status(503, &[("retry-after", "0")], error),
        6..9 => Answer::steps([Step::Close]),
        9..12 => Answer::steps([Step::Reset]),
        12 => Answer::steps([Step::HalfClose]),
        13 => whole.first(head, Cut::Fin),
        14 => whole.first(head, Cut::Rst),
        15 => Answer::steps([Step::Stall]),
        16 => whole.first(head, Step::Stall),
        17 => whole.first(if is_even { middle } else { middle + 7 }, Cut::Fin),
        18 => whole.first(middle, Cut::Rst),
        19 if is_even => whole.first(middle, Step::Stall),
        19 => Answer::events(&[body::content(&words(&seen.asked())[0]), "garbage".to_owned()]),
        _ => whole,
    }
}

/// A number below 100, each once in a hundred requests, in an order that looks random and is the same in every run:
/// neighbours may both meet a fault.
fn place(number: usize) -> usize {
    let mut places: [usize; 100] = std::array::from_fn(|place| place);
    let mut state = number as u64 / 100;
    for left in (1..places.len()).rev() {
        state = scattered(state);
        places.swap(left, usize::try_from(state % (left as u64 + 1)).unwrap());
    }
    places[number % 100]
}

/// The next number of the generator `SplitMix64`, with the last one as its state.
fn scattered(state: u64) -> u64 {
    let mut number = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_is_met_once_in_a_hundred_and_neighbours_may_be_faults() {
        let faults: Vec<bool> = (0..10_000).map(|number| place(number) < 20).collect();
        assert!(faults.chunks(100).all(|hundred| hundred.iter().filter(|fault| **fault).count() == 20));
        let both = faults.windows(2).filter(|pair| pair[0] && pair[1]).count();
        assert!((300..500).contains(&both), "a fifth of a fifth: {both}");
    }
}
