//! The embedded store of a process that is killed: what it has acknowledged is there, once.

use std::collections::BTreeMap;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use alphora::session::SessionKey;
use alphora::session::store::{Begun, Change, Claim, Commit, EmbeddedStore, SessionStore, StoreLimits};
use alphora_tests::Folder;
use alphora_tests::chaos::Random;

/// Tells the child where the file is.
const DIRECTORY: &str = "ALPHORA_TEST_EMBEDDED_STORE";

const KILLS: usize = 20;
const SESSIONS: usize = 8;
const TTL: Duration = Duration::from_secs(3_600);

fn key(session: usize) -> SessionKey {
    SessionKey::try_from(format!("s{session}")).unwrap()
}

fn open(directory: &Path) -> EmbeddedStore {
    EmbeddedStore::open(directory, StoreLimits::default()).unwrap()
}

/// The process that is killed. Without its variable it is nothing.
#[test]
fn commits_until_it_is_killed() {
    let Some(directory) = std::env::var_os(DIRECTORY) else { return };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let store = Arc::new(open(Path::new(&directory)));
        for session in 0..SESSIONS {
            let version = store.read(&key(session)).await.unwrap().map_or(0, |stored| stored.record.version);
            say(&format!("found {session} {version}"));
        }
        say("opened");
        let mut sessions = tokio::task::JoinSet::new();
        for session in 0..SESSIONS {
            sessions.spawn(commit_for_ever(store.clone(), session));
        }
        sessions.join_all().await;
    });
}

async fn commit_for_ever(store: Arc<EmbeddedStore>, session: usize) {
    let process = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos();
    let (key, lease) = (key(session), Duration::from_secs(15));
    for number in 0.. {
        let turn = process << 64 | (session as u128) << 32 | number;
        let claim = Claim { turn, lease, ttl: TTL, known: None, named: true };
        let Begun::Granted { lease, .. } = store.begin(&key, &claim).await.unwrap() else { panic!() };
        let text = format!("<{}>", lease.version + 1);
        let change = match lease.version {
            0 => Change::Replace { format: 1, snapshot: text.into() },
            _ => Change::Append { piece: text.into() },
        };
        let committed = store.commit(&key, &lease, &Commit { change, ttl: TTL }).await.unwrap();
        say(&format!("acknowledged {session} {}", committed.version));
    }
}

/// One line, at once.
fn say(line: &str) {
    let mut out = io::stdout().lock();
    out.write_all(format!("{line}\n").as_bytes()).unwrap();
    out.flush().unwrap();
}

struct Committing {
    child: Child,
    lines: mpsc::Receiver<String>,
}

impl Committing {
    fn start(directory: &Path) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "stores::embedded::commits_until_it_is_killed", "--nocapture"])
            .env(DIRECTORY, directory)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = mpsc::channel();
        // It ends with the process whose output it reads.
        std::thread::spawn(move || out.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        Self { child, lines }
    }

    /// What it has found in the file, which is open now.
    fn opened(&self) -> BTreeMap<usize, u64> {
        let mut found = BTreeMap::new();
        loop {
            let line = self.lines.recv_timeout(Duration::from_secs(30)).unwrap();
            if line == "opened" {
                return found;
            }
            found.extend(version(&line, "found "));
        }
    }

    /// What it has acknowledged up to the moment in which it was killed.
    fn killed(mut self) -> BTreeMap<usize, u64> {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.lines.iter().filter_map(|line| version(&line, "acknowledged ")).collect()
    }
}

/// The session and its version, of a line that begins so.
fn version(line: &str, begins: &str) -> Option<(usize, u64)> {
    let (session, version) = line.strip_prefix(begins)?.split_once(' ')?;
    Some((session.parse().unwrap(), version.parse().unwrap()))
}

/// The last commit before a kill may be there without anybody having been told.
fn is_whole(least: u64, version: u64) -> bool {
    version == least || version == least + 1
}

#[tokio::test]
async fn what_was_acknowledged_before_a_kill_is_there_once() {
    let directory = Folder::create("killed").unwrap();
    let mut random = Random::new(u64::from(std::process::id()));
    let mut acknowledged = BTreeMap::new();
    for kill in 0..KILLS {
        let committing = Committing::start(directory.path());
        for (session, version) in committing.opened() {
            let least = acknowledged.insert(session, version).unwrap_or_default();
            assert!(is_whole(least, version), "kill {kill}, {session}: {least} and then {version}");
        }
        if kill == 0 {
            let error = EmbeddedStore::open(directory.path(), StoreLimits::default()).unwrap_err();
            assert!(error.to_string().contains("is in use, by another process"), "{error}");
        }
        tokio::time::sleep(Duration::from_micros(20_000 + random.below(150_000) as u64)).await;
        acknowledged.extend(committing.killed());

        // Half of the time, the next child is the first who opens the file.
        if random.one_in(2) {
            look(directory.path(), &acknowledged).await;
        }
    }
    look(directory.path(), &acknowledged).await;
    assert_eq!(acknowledged.len(), SESSIONS);
    assert!(acknowledged.values().sum::<u64>() > KILLS as u64, "{acknowledged:?}");
}

async fn look(directory: &Path, acknowledged: &BTreeMap<usize, u64>) {
    let store = open(directory);
    for session in 0..SESSIONS {
        let least = acknowledged.get(&session).copied().unwrap_or_default();
        let stored = store.read(&key(session)).await.unwrap().map(|stored| stored.record);
        let version = stored.as_ref().map_or(0, |record| record.version);
        assert!(is_whole(least, version), "{session}: {least} and then {version}");
        let Some(record) = stored else { continue };
        let texts = [record.snapshot].into_iter().chain(record.pieces);
        let texts: Vec<_> = texts.map(|text| String::from_utf8(text.to_vec()).unwrap()).collect();
        let expected: Vec<_> = (1..=version).map(|version| format!("<{version}>")).collect();
        assert_eq!(texts, expected);
    }
    store.close().await.unwrap();
}
