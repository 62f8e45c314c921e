//! Both servers under a load that both can bear: how many requests a second are answered, and how late.

use std::net::SocketAddr;
use std::time::Duration;

use alphora_tests::median;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use super::client::Client;
use super::process::Process;
use super::{CONNECTIONS, FEWEST_ROUNDS, LEAST};
use crate::Result;
use crate::figure::Row;
use crate::settings::Scale;

/// Requests a second, of all connections together.
const OFFERED: u32 = 5_000;
const ROUNDS: usize = 9;
const TURN: Duration = Duration::from_secs(2);
/// What the slowest hundredth may take longer, in milliseconds.
const ADDED: f64 = 1.0;

/// One turn: requests a second, and the time that all but a hundredth take at most, in milliseconds.
type Turn = (f64, f64);

pub(super) async fn compare(
    scale: Scale,
    bare: &Process,
    (watched, name): (&Process, &str),
) -> Result<Vec<Row>> {
    let (mut without, mut with) = (Vec::new(), Vec::new());
    for round in 0..scale.of(ROUNDS).max(FEWEST_ROUNDS) {
        if round % 2 == 0 {
            without.push(turn(bare.address).await?);
        }
        with.push(turn(watched.address).await?);
        if round % 2 == 1 {
            without.push(turn(bare.address).await?);
        }
    }
    let rate = |turns: &[Turn]| median(&turns.iter().map(|turn| turn.0).collect::<Vec<_>>());
    let late = |turns: &[Turn]| median(&turns.iter().map(|turn| turn.1).collect::<Vec<_>>());
    let what = |what: &str| format!("{OFFERED} requests a second, {name}: {what}");
    Ok(vec![
        Row::no_less(what("of the bare server's answers a second"), rate(&with) / rate(&without), LEAST),
        Row::shown(
            what("99 of 100 are answered within, and of the bare server within"),
            format_args!("{:.2}, {:.2} ms", late(&with), late(&without)),
        ),
        Row::at_most(
            what("longer than the bare server"),
            (late(&with) - late(&without)).max(0.0),
            ADDED,
            " ms",
        ),
    ])
}

async fn turn(address: SocketAddr) -> Result<Turn> {
    let begin = Instant::now();
    let mut clients = JoinSet::new();
    for number in 0..u32::try_from(CONNECTIONS)? {
        clients.spawn(ask(address, number, begin));
    }
    let mut times = Vec::new();
    while let Some(client) = clients.join_next().await {
        times.extend(client??);
    }
    let took = begin.elapsed();
    times.sort_unstable();
    let late = times.get(times.len() * 99 / 100).ok_or("nothing was answered")?;
    Ok((f64::from(u32::try_from(times.len())?) / took.as_secs_f64(), late.as_secs_f64() * 1e3))
}

/// One client's share. A request is as old as the moment at which it was due, so that a late answer makes the next
/// ones late as well.
async fn ask(address: SocketAddr, number: u32, begin: Instant) -> Result<Vec<Duration>> {
    let connections = u32::try_from(CONNECTIONS)?;
    let mut client = Client::connect(address).await?;
    let pause = Duration::from_secs(1) * connections / OFFERED;
    let mut ticks = interval_at(begin + pause * number / connections + pause, pause);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut times = Vec::new();
    while begin.elapsed() < TURN {
        let due = ticks.tick().await;
        client.ask().await?;
        times.push(due.elapsed());
    }
    Ok(times)
}
