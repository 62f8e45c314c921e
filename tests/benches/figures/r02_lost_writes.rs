//! R2: power cuts under the embedded store. Between any two writes the disk loses what was not yet synced, sector by
//! sector; the file opens afterwards, what was acknowledged is there, and nothing is there twice.

mod disk;

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use alphora::session::SessionKey;
use alphora::session::store::{
    Begun, Change, Claim, Commit, EmbeddedStore, SessionStore, StoreError, StoreLimits, StoredSession,
};
use alphora_tests::chaos::Random;
use redb::StorageBackend;

use crate::Result;
use crate::figure::Row;
use crate::parallel::in_parallel;
use crate::settings::Scale;
use disk::Disk;

const CUTS: usize = 5_000;
/// The power cuts that follow each other on one disk.
const LIVES: usize = 50;
/// How many disks there are at a time.
const DISKS: usize = 2;
const SESSIONS: usize = 6;
/// The most operations of a disk in one life: a commit takes about 20.
const OPERATIONS: usize = 600;
/// The most in a life that may end before the file is open.
const OPENING: usize = 16;
const TTL: Duration = Duration::from_secs(3_600);

/// The version of each session that was acknowledged last.
type Acknowledged = BTreeMap<usize, u64>;

#[derive(Debug, Default)]
struct Tally {
    cuts: usize,
    /// Cuts while the file was opened.
    opening: usize,
    /// Sectors that were written and are not there.
    sectors: usize,
    commits: u64,
    lost: usize,
    /// Commits that are there twice, or that nobody has made.
    invented: usize,
    unopened: usize,
    examples: Vec<String>,
}

pub(crate) async fn run(scale: Scale) -> Result<Vec<Row>> {
    let cuts = scale.of(CUTS);
    let tallies = in_parallel(cuts.div_ceil(LIVES), DISKS, move |number| {
        disk(number as u64, LIVES.min(cuts - number * LIVES))
    });
    let tally = tallies.await.into_iter().fold(Tally::default(), Tally::and);
    for example in tally.examples.iter().take(3) {
        crate::note::example(example);
    }
    Ok(vec![
        Row::exactly("power cuts", tally.cuts, cuts),
        Row::shown("of these while the file was opened", tally.opening),
        Row::shown("sectors lost", tally.sectors),
        Row::shown("commits acknowledged", tally.commits),
        Row::exactly("acknowledged commits lost", tally.lost, 0),
        Row::exactly("sessions with what nobody has committed", tally.invented, 0),
        Row::exactly("files that did not open", tally.unopened, 0),
    ])
}

/// One disk, whose power fails again and again.
async fn disk(seed: u64, lives: usize) -> Tally {
    let mut tally = Tally::default();
    let mut random = Random::new(seed);
    // A file is whole before it has its name.
    let made = Disk::new(Vec::new(), usize::MAX);
    if let Err(error) = open(&made) {
        tally.unopened(&format!("disk {seed}: {error}"));
    }
    let (mut bytes, _) = made.after_power_cut(&mut random);
    let mut acknowledged = Acknowledged::new();
    for life in 0..lives {
        // One in four fails while the file is opened, or soon after.
        let most = if random.one_in(4) { OPENING } else { OPERATIONS };
        let disk = Disk::new(bytes, 1 + random.below(most));
        match open(&disk) {
            Ok(store) => {
                let commits = live(Arc::new(store), &mut acknowledged, seed << 32 | life as u64).await;
                tally.commits += commits;
            }
            // Only the power may keep it from opening.
            Err(_) if disk.has_failed() => tally.opening += 1,
            Err(error) => tally.unopened(&format!("disk {seed}, life {life}: {error}")),
        }
        let lost;
        (bytes, lost) = disk.after_power_cut(&mut random);
        tally.sectors += lost;
        tally.cuts += 1;
        // Half of the time, what comes next is another power cut before anybody has looked.
        if random.one_in(2) || life + 1 == lives {
            let looked_at = Disk::new(bytes.clone(), usize::MAX);
            match open(&looked_at) {
                Ok(store) => {
                    look(&store, &mut acknowledged, &mut tally, &format!("disk {seed}, life {life}")).await
                }
                Err(error) => tally.unopened(&format!("disk {seed}, life {life}: {error}")),
            }
        }
    }
    tally
}

fn open(disk: &Disk) -> Result<EmbeddedStore> {
    let disk = disk.clone();
    let backend = move || Ok::<_, io::Error>(Box::new(disk.clone()) as Box<dyn StorageBackend>);
    Ok(EmbeddedStore::with_backend(backend, StoreLimits::default())?)
}

fn key(session: usize) -> Result<SessionKey> {
    Ok(SessionKey::try_from(format!("s{session}"))?)
}

/// Commits to all sessions at once until the power fails; how many commits were acknowledged.
async fn live(store: Arc<EmbeddedStore>, acknowledged: &mut Acknowledged, turns: u64) -> u64 {
    let committing = in_parallel(SESSIONS, SESSIONS, {
        let store = store.clone();
        move |session| commit_until_the_end(store.clone(), session, turns)
    });
    let mut commits = 0;
    for (session, count, version) in committing.await {
        if let Some(version) = version {
            acknowledged.insert(session, version);
        }
        commits += count;
    }
    commits
}

/// The number of commits that were acknowledged, and the last version.
async fn commit_until_the_end(
    store: Arc<EmbeddedStore>,
    session: usize,
    turns: u64,
) -> (usize, u64, Option<u64>) {
    let (mut count, mut last) = (0, None);
    // At the end of its power a store that does not fail would be a store that goes on for ever.
    for number in 0..1_000 {
        let turn = u128::from(turns) << 64 | (session as u128) << 32 | number;
        match commit(&store, session, turn).await {
            Ok(version) => {
                count += 1;
                last = Some(version);
            }
            Err(_) => break,
        }
    }
    (session, count, last)
}

async fn commit(store: &EmbeddedStore, session: usize, turn: u128) -> Result<u64> {
    let key = key(session)?;
    let claim = Claim { turn, lease: Duration::from_secs(15), ttl: TTL, known: Some(0), named: true };
    let Begun::Granted { lease, .. } = store.begin(&key, &claim).await? else {
        return Err("not granted".into());
    };
    let version = lease.version + 1;
    let text = text(session, version);
    // Records grow and begin anew, of all sizes up to several pages.
    let change = match version % 7 {
        1 => Change::Replace { format: 1, snapshot: text.into() },
        _ => Change::Append { piece: text.into() },
    };
    let committed = store.commit(&key, &lease, &Commit { change, ttl: TTL }).await?;
    if committed.version != version {
        return Err(StoreError::unavailable("it says another version").into());
    }
    Ok(version)
}

/// What a version adds.
fn text(session: usize, version: u64) -> String {
    let length = Random::new(version << 8 | session as u64).below(if version.is_multiple_of(11) {
        20_000
    } else {
        300
    });
    format!("<{session}:{version}:{}>", "x".repeat(length))
}

/// Compares what is there with what was acknowledged.
async fn look(store: &EmbeddedStore, acknowledged: &mut Acknowledged, tally: &mut Tally, place: &str) {
    for session in 0..SESSIONS {
        let least = acknowledged.get(&session).copied().unwrap_or_default();
        let stored = match key(session) {
            Ok(key) => store.read(&key).await,
            Err(_) => continue,
        };
        match stored {
            Ok(stored) => {
                let version = stored.as_ref().map_or(0, |stored| stored.record.version);
                if version < least {
                    tally.lost += 1;
                    tally.examples.push(format!("{place}: session {session} is at {version} after {least}"));
                }
                if !stored.is_none_or(|stored| is_whole(session, &stored)) {
                    tally.invented += 1;
                    tally.examples.push(format!("{place}: session {session} at {version} is not whole"));
                }
                // What was not acknowledged, and is there, stays.
                acknowledged.insert(session, version);
            }
            Err(error) => tally.unopened(&format!("{place}: session {session}: {error}")),
        }
    }
}

/// Whether a session holds what its versions have added since the last one that began anew, each once.
fn is_whole(session: usize, stored: &StoredSession) -> bool {
    let record = &stored.record;
    let first = record.version - (record.version - 1) % 7;
    let texts = std::iter::once(&record.snapshot).chain(&record.pieces);
    texts.eq((first..=record.version).map(|version| text(session, version)).collect::<Vec<_>>().iter())
        && record.bytes() == stored.summary.bytes
}

impl Tally {
    fn unopened(&mut self, example: &str) {
        self.unopened += 1;
        self.examples.push(example.to_owned());
    }

    fn and(mut self, mut other: Self) -> Self {
        self.cuts += other.cuts;
        self.opening += other.opening;
        self.sectors += other.sectors;
        self.commits += other.commits;
        self.lost += other.lost;
        self.invented += other.invented;
        self.unopened += other.unopened;
        self.examples.append(&mut other.examples);
        self
    }
}
