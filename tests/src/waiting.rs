//! Waiting until something holds: a test that sleeps for a time of its own either wastes it, or fails where the machine
//! is busy.

use std::fmt::Display;
use std::net::SocketAddr;
use std::panic::Location;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::{Connection, get, request};

/// How long is waited for anything: 20 s, a bound against hanging and no expectation.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// The time between two looks.
const INTERVAL: Duration = Duration::from_millis(2);

/// Looks until `condition` holds; fails after [`PATIENCE`] with `what` was waited for.
#[track_caller]
pub fn until(what: impl Display, mut condition: impl AsyncFnMut() -> bool) -> impl Future<Output = ()> {
    until_some(what, async move || condition().await.then_some(()))
}

/// Looks until `find` gives something; fails after [`PATIENCE`] with `what` was waited for.
#[track_caller]
pub fn until_some<T>(what: impl Display, find: impl AsyncFnMut() -> Option<T>) -> impl Future<Output = T> {
    until_at(Location::caller(), what, find)
}

/// [`until_some`] for who waits at `place`.
pub(crate) async fn until_at<T>(
    place: &Location<'_>,
    what: impl Display,
    mut find: impl AsyncFnMut() -> Option<T>,
) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = find().await {
            return found;
        }
        assert!(begun.elapsed() < PATIENCE, "{place}: not within {PATIENCE:?}: {what}");
        tokio::time::sleep(INTERVAL).await;
    }
}

/// Waits until so many methods run, by the counter of a [`Scripted`](crate::Scripted) agent.
#[track_caller]
pub fn until_running(running: &AtomicUsize, wanted: usize) -> impl Future<Output = ()> {
    until(format!("{wanted} methods run"), async move || running.load(Ordering::SeqCst) == wanted)
}

/// Waits until a server knows of so many runs, as it says at `/ready`.
#[track_caller]
pub fn until_runs(addr: SocketAddr, wanted: u64) -> impl Future<Output = ()> {
    until(format!("{wanted} runs are under way"), async move || {
        get(addr, "/ready").await.json()["runs"] == wanted
    })
}

/// Waits until a server has so many connections, besides that of whoever asks it.
#[track_caller]
pub fn until_connections(addr: SocketAddr, wanted: usize) -> impl Future<Output = ()> {
    let line = format!("\nalphora_connections_open {}\n", wanted + 1);
    until(format!("{wanted} connections are open"), async move || {
        get(addr, "/metrics").await.body.contains(&line)
    })
}

/// Waits until a server that was told to stop says so.
#[track_caller]
pub fn until_draining(addr: SocketAddr) -> impl Future<Output = ()> {
    until("it drains", async move || {
        // A request that it has not begun to read when it is told to stop has no answer.
        let asked = Connection::send(addr, &request("GET", "/ready", &[], b"")).await;
        let Ok(mut connection) = asked else { return false };
        let answer = connection.rest().await.unwrap_or_default();
        String::from_utf8_lossy(&answer).contains("\"status\":\"draining\"")
    })
}

/// Waits until the runtime of the test has no more tasks than so many.
#[track_caller]
pub fn until_tasks(most: usize) -> impl Future<Output = ()> {
    let metrics = tokio::runtime::Handle::current().metrics();
    until(format!("{most} tasks are left"), async move || metrics.num_alive_tasks() <= most)
}
