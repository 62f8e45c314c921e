//! How much room a session takes in each store that is not in memory, for each KiB that was committed.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use alphora::session::store::SessionStore;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::Result;
use crate::cluster::Kind;
use crate::session::{PIECE, Session};
use crate::stores::{Open, open_all};
use crate::table::Table;

/// Turns of a session, and the sizes of the two kinds of sessions that are written.
const TURNS: [usize; 2] = [1, 20];
const WRITERS: usize = 16;

pub(crate) async fn measure(quick: bool, table: &mut Table) -> Result {
    let sessions = if quick { 200 } else { 4_000 };
    for open in open_all().await?.into_iter().filter(|open| has_size(open.kind)) {
        let mut first = 0;
        for turns in TURNS {
            let before = bytes(&open).await?;
            write(&open.store, first, sessions, turns).await?;
            first += sessions;
            let each = bytes(&open).await?.saturating_sub(before) / sessions as u64;
            table.row(
                format_args!("{}: bytes of a session of {turns} turns of {PIECE} bytes", open.kind.name()),
                each,
                "",
            );
        }
        open.store.close().await?;
    }
    Ok(())
}

/// How often Redis writes to the disk makes no difference here.
fn has_size(kind: Kind) -> bool {
    !matches!(kind, Kind::Memory | Kind::RedisEverySecond)
}

/// Writes so many sessions.
async fn write(store: &Arc<dyn SessionStore>, first: usize, sessions: usize, turns: usize) -> Result {
    let mut tasks: JoinSet<Result> = JoinSet::new();
    for writer in 0..WRITERS {
        let store = store.clone();
        tasks.spawn(async move {
            for number in (first + writer..first + sessions).step_by(WRITERS) {
                let mut session = Session::new(number)?;
                for _ in 0..turns {
                    session.turn(&*store).await?;
                }
            }
            Ok(())
        });
    }
    while let Some(written) = tasks.join_next().await {
        written??;
    }
    Ok(())
}

/// What everything takes now: of the memory of Redis, of the disk elsewhere.
async fn bytes(open: &Open) -> Result<u64> {
    let url = open.cluster.option("session_store").unwrap_or_default();
    match open.kind {
        Kind::Memory => Ok(0),
        Kind::Embedded => size(Path::new(open.cluster.option("data_dir").unwrap_or_default())),
        Kind::Redis | Kind::RedisEverySecond => used_memory(url).await,
        Kind::Postgres => database_size(url),
    }
}

/// The files of a folder.
fn size(folder: &Path) -> Result<u64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder)? {
        bytes += entry?.metadata()?.len();
    }
    Ok(bytes)
}

async fn used_memory(url: &str) -> Result<u64> {
    let address = url.trim_start_matches("redis://").trim_end_matches('/');
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(b"INFO memory\r\nQUIT\r\n").await?;
    let mut told = String::new();
    stream.read_to_string(&mut told).await?;
    let bytes = told.lines().find_map(|line| line.strip_prefix("used_memory:"));
    Ok(bytes.ok_or("Redis does not say how much memory it uses")?.trim().parse()?)
}

fn database_size(url: &str) -> Result<u64> {
    // What is no longer needed is given back first, and what was written is on the disk.
    let query = "vacuum; checkpoint; select pg_database_size(current_database())";
    let mut command = Command::new("psql");
    command.args([url, "-qAt"]);
    for statement in query.split("; ") {
        command.args(["-c", statement]);
    }
    let told = command.output()?;
    Ok(String::from_utf8(told.stdout)?.trim().parse()?)
}
