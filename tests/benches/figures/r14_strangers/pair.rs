//! Two owners: one has a session and a run, the other asks with their ids.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use alphora_tests::chaos::Random;
use alphora_tests::{Answer, Connection, KeptConnection, Received, request};
use serde_json::json;

use super::Tally;
use super::probe::{KINDS, Kind, steady};
use crate::Result;

const PATIENCE: Duration = Duration::from_secs(30);
const CHAT: &str = "/scripted/chat/completions";

/// Two owners whom no other pair knows, each on a connection of their own.
pub(super) struct Pair {
    /// Has a session with a secret, and a run that does not end.
    holder: KeptConnection,
    run: Connection,
    /// Asks.
    stranger: KeptConnection,
    /// Of the holder: the id of the session, that of the run, and what the session holds.
    session: String,
    run_id: String,
    secret: String,
    random: Random,
    number: usize,
}

impl Pair {
    /// # Errors
    /// The holder could not have a session or a run.
    pub(super) async fn open(address: SocketAddr, number: usize) -> Result<Self> {
        let (holder, stranger) = (format!("holder-{number}"), format!("stranger-{number}"));
        let mut random = Random::new(number as u64);
        let secret = format!("secret-{:016x}", random.number());
        let session = format!("s-{number:06}-theirs");
        let body = json!({ "messages": [{ "role": "user", "content": "text begun\nhang" }], "stream": true });
        let headers = [("X-User", &*holder), ("X-Alphora-Resumable", "1")];
        let bytes = request("POST", CHAT, &headers, body.to_string().as_bytes());
        let mut run = Connection::send(address, &bytes).await?;
        let head = run.until("begun").await?;
        let run_id =
            head.split_once("x-run-id: ").and_then(|(_, rest)| rest.get(..37)).ok_or("a run has an id")?;
        let mut holder = KeptConnection::open(address).await?.header("X-User", &holder);
        let body = json!({
            "messages": [{ "role": "user", "content": format!("remember {secret}") }],
            "session_id": session,
            "stream": false,
        });
        if !holder.post(CHAT, body, PATIENCE).await.is_acknowledged() {
            return Err("the holder's turn was refused".into());
        }
        let stranger = KeptConnection::open(address).await?.header("X-User", &stranger);
        Ok(Self { holder, run, stranger, session, run_id: run_id.to_owned(), secret, random, number })
    }

    /// Asks so many questions, each with the holder's id and with one of nothing; then looks at what the holder has.
    pub(super) async fn probe(mut self, probes: usize, tally: &mut Tally) {
        for probe in 0..probes {
            let kind = self.random.pick(&KINDS);
            tally.probes[KINDS.iter().position(|known| *known == kind).unwrap_or_default()] += 1;
            self.compare(kind, probe, tally).await;
        }
        if !self.is_unchanged().await {
            crate::note::example(&format!(
                "what {} and {} are is not what they were",
                self.session, self.run_id
            ));
            tally.changed += 1;
        }
    }

    async fn compare(&mut self, kind: Kind, probe: usize, tally: &mut Tally) {
        let openai = self.random.one_in(2);
        let (theirs, never) = if kind.is_of_run() {
            (self.run_id.clone(), format!("cmpl-{:016x}{:016x}", self.random.number(), self.random.number()))
        } else {
            (self.session.clone(), format!("s-{:06}-n{probe:05}", self.number))
        };
        // Whichever comes first has no part in it.
        let (first, second) = if self.random.one_in(2) { (&theirs, &never) } else { (&never, &theirs) };
        let mut answers = Vec::new();
        for id in [first, second] {
            let asked = Instant::now();
            let Some(answer) = self.ask(kind, id, openai).await else {
                tally.silent += 1;
                return;
            };
            tally.times[usize::from(id != &theirs)].push(asked.elapsed());
            answers.push(answer);
            // What a turn has begun is the stranger's own: without it, the id is one of nothing again.
            if kind.is_turn() {
                answers.push(self.ask(Kind::Delete, id, openai).await.unwrap_or_default());
            }
        }
        let (one, other) = answers.split_at(answers.len() / 2);
        if one != other {
            crate::note::example(&format!("{kind:?}: {one:?} is not {other:?}"));
            tally.differ += 1;
        }
        if answers.iter().any(|answer| answer.contains(&self.secret)) {
            crate::note::example(&format!("{kind:?}: {answers:?}"));
            tally.hits += 1;
        }
    }

    /// The stranger's answer to a question, as it is each time.
    async fn ask(&mut self, kind: Kind, id: &str, openai: bool) -> Option<String> {
        let (method, path, body) = kind.question(id, openai);
        let received = match body {
            Some(body) => self.stranger.post(&path, body, PATIENCE).await,
            None => self.stranger.ask(method, &path, PATIENCE).await,
        };
        let Received::Whole(answer) = received else { return None };
        let bytes = String::from_utf8_lossy(self.stranger.last_answer());
        let head = bytes.split("\r\n\r\n").next().unwrap_or_default();
        Some(steady(head, &answer.body, id))
    }

    /// Whether the holder's session is as it was and the run goes on; ends both.
    async fn is_unchanged(&mut self) -> bool {
        let path = format!("/scripted/sessions/{}", self.session);
        let read = whole(self.holder.ask("GET", &path, PATIENCE).await);
        let session = read.filter(|read| read.status == 200).map(|read| read.json());
        let is_same = session
            .is_some_and(|session| session["memory"] == json!([self.secret]) && session["version"] == 1);
        let cancel = format!("/scripted/runs/{}/cancel", self.run_id);
        let cancelled = whole(self.holder.ask("POST", &cancel, PATIENCE).await);
        let has_run = cancelled.is_some_and(|cancelled| cancelled.status == 202);
        let deleted = whole(self.holder.ask("DELETE", &path, PATIENCE).await);
        let rest = tokio::time::timeout(PATIENCE, self.run.until("[DONE]")).await;
        is_same
            && has_run
            && deleted.is_some_and(|deleted| deleted.status == 200)
            && rest.is_ok_and(|rest| rest.is_ok())
    }
}

fn whole(received: Received) -> Option<Answer> {
    match received {
        Received::Whole(answer) => Some(answer),
        Received::Part(_) => None,
    }
}
