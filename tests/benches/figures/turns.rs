//! Clients of replicas that note what they were told of each turn, to be held against the sessions afterwards.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use alphora_tests::chaos::Random;
use alphora_tests::history::{Place, Told, Turn, Verdict, judge};
use alphora_tests::{KeptConnection, Received};
use serde_json::json;
use tokio::task::JoinSet;

use crate::Result;
use crate::cluster::Addresses;

/// How long a client waits for an answer: longer than a replica ever stands still.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long it waits before it asks again where nobody answers.
const PAUSE: Duration = Duration::from_millis(5);
/// How often a session is asked for at the end.
const ATTEMPTS: usize = 100;

/// The codes of errors that promise that nothing of the turn is stored.
const REFUSALS: [&str; 2] = ["session_busy", "session_conflict"];

/// What the clients do.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    pub(crate) clients: usize,
    /// So many of them wait for the same replica at most, so that the others go on while it stands still.
    pub(crate) of_replica: usize,
    /// How many sessions are used at a time.
    pub(crate) sessions: usize,
    /// After how many acknowledged turns these are left for new ones, so that histories do not grow too long.
    pub(crate) turns_of_sessions: usize,
    /// A turn takes its time: less than so many milliseconds.
    pub(crate) pause: usize,
}

/// Clients at work.
pub(crate) struct Turns {
    shared: Arc<Shared>,
    clients: JoinSet<Vec<(String, Turn)>>,
}

#[derive(Debug)]
struct Shared {
    addresses: Arc<Addresses>,
    plan: Plan,
    acknowledged: AtomicUsize,
    next_replica: AtomicUsize,
    /// How many clients wait for each replica.
    waiting: Vec<AtomicUsize>,
    done: AtomicBool,
    codes: Mutex<BTreeMap<String, usize>>,
}

/// A place among those who wait for a replica, until this is dropped.
struct Waiting<'a>(&'a AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// What came of it all.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) verdict: Verdict,
    pub(crate) sent: usize,
    pub(crate) sessions: usize,
    /// How often each code was the answer; that of a broken answer is `broken`.
    pub(crate) codes: BTreeMap<String, usize>,
    /// Sessions that are not as they should be, and how.
    pub(crate) wrong: Vec<String>,
}

impl Turns {
    pub(crate) fn start(addresses: Arc<Addresses>, plan: Plan) -> Self {
        let shared = Arc::new(Shared {
            waiting: (0..addresses.count()).map(|_| AtomicUsize::new(0)).collect(),
            addresses,
            plan,
            acknowledged: AtomicUsize::new(0),
            next_replica: AtomicUsize::new(0),
            done: AtomicBool::new(false),
            codes: Mutex::default(),
        });
        let mut clients = JoinSet::new();
        for number in 0..plan.clients {
            clients.spawn(shared.clone().work(number));
        }
        Self { shared, clients }
    }

    /// How many turns were acknowledged so far.
    pub(crate) fn acknowledged(&self) -> usize {
        self.shared.acknowledged.load(Ordering::Relaxed)
    }

    /// Waits until so many turns were acknowledged, at most for `patience`; says whether they were.
    pub(crate) async fn reach(&self, acknowledged: usize, patience: Duration) -> bool {
        let waiting = async {
            while self.acknowledged() < acknowledged {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        tokio::time::timeout(patience, waiting).await.is_ok()
    }

    /// Ends the clients, reads all sessions, and holds them against what the clients were told.
    ///
    /// # Errors
    /// A session cannot be read.
    pub(crate) async fn end(self) -> Result<Outcome> {
        self.shared.done.store(true, Ordering::Relaxed);
        let mut sessions: BTreeMap<String, Vec<Turn>> = BTreeMap::new();
        for (session, turn) in self.clients.join_all().await.into_iter().flatten() {
            sessions.entry(session).or_default().push(turn);
        }
        let mut outcome = Outcome { sessions: sessions.len(), ..Outcome::default() };
        outcome.codes =
            std::mem::take(&mut *self.shared.codes.lock().unwrap_or_else(PoisonError::into_inner));
        for (session, turns) in &sessions {
            let history = self.shared.history(session).await?;
            let verdict = judge(turns, &history);
            if verdict.lost + verdict.doubled + verdict.interleaved + verdict.unwanted + verdict.strange > 0 {
                outcome.wrong.push(format!("session {session}: {verdict:?}, {}", lost(turns, &history)));
            }
            outcome.sent += turns.len();
            outcome.verdict = outcome.verdict.and(verdict);
        }
        Ok(outcome)
    }
}

impl Shared {
    /// One turn after the other, each at the next replica.
    async fn work(self: Arc<Self>, number: usize) -> Vec<(String, Turn)> {
        let (mut turns, mut random) = (Vec::new(), Random::new(number as u64));
        // One connection a replica; a replica that was started again is elsewhere.
        let mut connections: BTreeMap<SocketAddr, KeptConnection> = BTreeMap::new();
        while !self.done.load(Ordering::Relaxed) {
            let Some((address, _place)) = self.next_replica() else {
                tokio::time::sleep(PAUSE).await;
                continue;
            };
            let connection = match connections.remove(&address) {
                Some(connection) => Ok(connection),
                None => KeptConnection::open(address).await,
            };
            let Ok(mut connection) = connection else {
                tokio::time::sleep(PAUSE).await;
                continue;
            };
            let (session, name) = (self.session(&mut random), format!("{number}-{}", turns.len()));
            let text = format!("{name} pause {}", random.below(self.plan.pause));
            let body = json!({
                "messages": [{ "role": "user", "content": text }], "session_id": session, "stream": random.one_in(2),
            });
            let received = connection.post(path(&session), body, PATIENCE).await;
            if matches!(received, Received::Whole(_)) {
                connections.insert(address, connection);
            }
            let told = self.told(&received);
            let is_stored = matches!(told, Told::Stored(_));
            turns.push((session, Turn { name, told }));
            if !is_stored {
                tokio::time::sleep(PAUSE).await;
            }
        }
        turns
    }

    /// Where the next replica is, and a place among those who wait for it; none if it is down or there is no place.
    fn next_replica(&self) -> Option<(SocketAddr, Waiting<'_>)> {
        let turn = self.next_replica.fetch_add(1, Ordering::Relaxed);
        let waiting = &self.waiting[turn % self.waiting.len()];
        let before = waiting.fetch_add(1, Ordering::Relaxed);
        let place = Waiting(waiting);
        let address = self.addresses.get(turn)?;
        (before < self.plan.of_replica).then_some((address, place))
    }

    /// One of those that are used at this time.
    fn session(&self, random: &mut Random) -> String {
        let generation = self.acknowledged.load(Ordering::Relaxed) / self.plan.turns_of_sessions;
        format!("{generation}-{}", random.below(self.plan.sessions))
    }

    fn told(&self, received: &Received) -> Told {
        let text = match received {
            Received::Whole(answer) => &answer.body,
            Received::Part(text) => text,
        };
        if received.is_acknowledged() {
            self.acknowledged.fetch_add(1, Ordering::Relaxed);
            return Told::Stored(Place::find(text));
        }
        let code = code_of(text).unwrap_or("broken");
        let mut codes = self.codes.lock().unwrap_or_else(PoisonError::into_inner);
        *codes.entry(code.to_owned()).or_default() += 1;
        if REFUSALS.contains(&code) { Told::Refused } else { Told::Unknown }
    }

    /// What a session holds; whatever was killed last may still be coming up.
    async fn history(&self, session: &str) -> Result<Vec<String>> {
        let body = json!({
            "messages": [{ "role": "user", "content": "list" }], "session_id": session, "stream": false,
        });
        let mut last = String::new();
        for attempt in 0..ATTEMPTS {
            let connection = match self.addresses.get(attempt) {
                Some(address) => KeptConnection::open(address).await.ok(),
                None => None,
            };
            if let Some(mut connection) = connection {
                match connection.post(path(session), &body, PATIENCE).await {
                    Received::Whole(answer) if answer.status == 200 => {
                        return Ok(answer.content().lines().map(str::to_owned).collect());
                    }
                    other => last = format!("{other:?}"),
                }
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Err(format!("the session `{session}` cannot be read: {last}").into())
    }
}

/// Where the turns stood that are not there, among how many that are.
fn lost(turns: &[Turn], history: &[String]) -> String {
    let is_lost = |turn: &&Turn| !history.contains(&turn.name);
    let mut places: Vec<usize> = turns
        .iter()
        .filter(is_lost)
        .filter_map(|turn| match turn.told {
            Told::Stored(place) => place.map(|place| place.entries),
            Told::Refused | Told::Unknown => None,
        })
        .collect();
    places.sort_unstable();
    format!("{} entries, without those that were {places:?}", history.len())
}

/// Half of the sessions belong to an agent that stores its memory as a whole, the others to one that appends to it.
fn path(session: &str) -> &'static str {
    let is_even = session.bytes().last().is_some_and(|digit| digit % 2 == 0);
    if is_even { "/whole/chat/completions" } else { "/chat/chat/completions" }
}

/// The code of the error in an answer, or in a part of one.
fn code_of(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("\"code\":\"")?;
    rest.split_once('"').map(|(code, _)| code)
}
