//! Turns under way, and what must have become of them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use alphora::session::store::{Begun, Change, Claim, Commit, Content, SessionStore, StoreError, StoreLease};
use alphora::session::{Owner, SessionId, SessionKey};

pub(super) const TTL: Duration = Duration::from_secs(600);

/// A session of an agent and an owner.
pub(super) fn key(id: &str) -> SessionKey {
    SessionKey::new("Agent", Owner::named("somebody"), SessionId::parse(id).unwrap())
}

/// How a turn of its own asks.
pub(super) fn claim(lease: Duration) -> Claim {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).unwrap();
    Claim { turn: u128::from_be_bytes(bytes), lease, ttl: TTL, known: None, named: true }
}

/// The turn's lease of a session that nobody has.
pub(super) async fn lend(store: &dyn SessionStore, key: &SessionKey) -> (StoreLease, Content) {
    match store.begin(key, &claim(Duration::from_secs(60))).await.unwrap() {
        Begun::Granted { lease, content } => (lease, content),
        other => panic!("{other:?}"),
    }
}

pub(super) fn replace(text: &str) -> Commit {
    Commit { change: Change::Replace { format: 1, snapshot: text.to_owned().into() }, ttl: TTL }
}

pub(super) fn append(text: &str) -> Commit {
    Commit { change: Change::Append { piece: text.to_owned().into() }, ttl: TTL }
}

/// One whole turn.
pub(super) async fn turn(store: &dyn SessionStore, key: &SessionKey, commit: &Commit) -> u64 {
    let (lease, _) = lend(store, key).await;
    store.commit(key, &lease, commit).await.unwrap().version
}

/// What callers have in common.
#[derive(Debug, Default)]
pub(super) struct Course {
    /// How many turns were acknowledged.
    pub(super) acknowledged: AtomicUsize,
    /// How many were fenced.
    pub(super) fenced: AtomicUsize,
    stop: AtomicBool,
}

impl Course {
    /// Waits until so many more turns were acknowledged, and so many more fenced, however fast the disk is.
    pub(super) async fn goes_on(&self, acknowledged: usize, fenced: usize) {
        let begun = Instant::now();
        let now = || (self.acknowledged.load(Ordering::Relaxed), self.fenced.load(Ordering::Relaxed));
        let before = now();
        while now().0 < before.0 + acknowledged || now().1 < before.1 + fenced {
            assert!(begun.elapsed() < TTL, "of {acknowledged} and {fenced}: {before:?}, {:?}", now());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Turns that are under way come to their end.
    pub(super) fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

/// What came of the turns of one caller.
#[derive(Debug, Default)]
pub(super) struct Turns {
    /// The pieces whose commits were acknowledged, and their versions.
    pub(super) acknowledged: Vec<(u64, String)>,
    /// Acknowledged only when they were sent again.
    pub(super) replayed: usize,
    pub(super) unavailable: usize,
    pub(super) longest: Duration,
}

/// Commits pieces to a session, one after another, until it is told to stop. A commit whose fate is unknown is sent
/// again until it is known.
pub(super) async fn take_turns(
    store: Arc<dyn SessionStore>,
    key: SessionKey,
    name: String,
    lease: Duration,
    pause: impl Fn(u64) -> Duration + Send,
    course: Arc<Course>,
) -> Turns {
    let mut turns = Turns::default();
    for number in 0.. {
        // The same turn until it has begun: one whose answer was lost has its session.
        let claim = claim(lease);
        let granted = loop {
            if course.stop.load(Ordering::Relaxed) {
                return turns;
            }
            let asked = Instant::now();
            let begun = store.begin(&key, &claim).await;
            turns.longest = turns.longest.max(asked.elapsed());
            match begun {
                Ok(Begun::Granted { lease, .. }) => break lease,
                Ok(Begun::Busy { .. }) => tokio::time::sleep(Duration::from_millis(3)).await,
                Ok(Begun::Replayed { .. }) => panic!("nobody else has this turn"),
                Err(StoreError::Unavailable { .. }) => {
                    turns.unavailable += 1;
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                Err(error) => panic!("{error}"),
            }
        };
        tokio::time::sleep(pause(number)).await;
        let piece = format!("{name}/{number}");
        // Nothing can be appended to a session that begins.
        let commit = if granted.version == 0 { replace("[]") } else { append(&piece) };
        loop {
            let asked = Instant::now();
            let committed = store.commit(&key, &granted, &commit).await;
            turns.longest = turns.longest.max(asked.elapsed());
            match committed {
                Ok(committed) => {
                    turns.replayed += usize::from(committed.replayed);
                    if granted.version > 0 {
                        course.acknowledged.fetch_add(1, Ordering::Relaxed);
                        turns.acknowledged.push((committed.version, piece));
                    }
                    break;
                }
                Err(StoreError::Unavailable { .. }) => {
                    turns.unavailable += 1;
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                Err(StoreError::Fenced | StoreError::Removed) => {
                    course.fenced.fetch_add(1, Ordering::Relaxed);
                    break;
                }
                Err(error) => panic!("{error}"),
            }
        }
    }
    turns
}

/// The pieces of a session are those that were acknowledged, each once, in the order of their versions.
pub(super) async fn is_what_was_acknowledged(store: &dyn SessionStore, key: &SessionKey, turns: &[Turns]) {
    let mut acknowledged: Vec<_> =
        turns.iter().flat_map(|turns| turns.acknowledged.iter().cloned()).collect();
    acknowledged.sort_unstable();
    let stored = store.read(key).await.unwrap().expect("it is there").record;
    let pieces: Vec<_> =
        stored.pieces.iter().map(|piece| String::from_utf8(piece.to_vec()).unwrap()).collect();
    let (versions, expected): (Vec<_>, Vec<_>) = acknowledged.into_iter().unzip();
    assert_eq!(pieces, expected, "what is stored, and what was acknowledged");
    assert_eq!(versions, (2..=stored.version).collect::<Vec<_>>());
}
