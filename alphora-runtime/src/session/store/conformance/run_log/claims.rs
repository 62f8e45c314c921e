//! Which run a key belongs to.

use std::time::Duration;

use bytes::Bytes;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::super::Violation;
use super::super::log_bench::{LogBench, Run};
use crate::session::Owner;
use crate::session::store::{RunEvents, RunKey};

const LONG: Duration = Duration::from_secs(600);
const SHORT: Duration = Duration::from_millis(200);

/// How many claim at once.
const CLAIMANTS: u8 = 32;

fn note(number: u8) -> Bytes {
    Bytes::from(vec![b'{', 0, 0xff, number])
}

pub(in super::super) async fn once(bench: &LogBench) -> Result<(), Violation> {
    let key = bench.run()?;
    bench.same("claimed what nobody had", &key.claim(&note(1), LONG).await?, &None)?;
    bench.same("claimed another's", &key.claim(&note(2), LONG).await?, &Some(note(1)))?;
    bench.same("claimed one's own again", &key.claim(&note(1), LONG).await?, &None)?;
    let read = key.read(0, Duration::ZERO).await?;
    bench.same("read a claim as a run", &read, &RunEvents::Unknown)?;
    let others = [
        RunKey { owner: Owner::anonymous(), ..key.key.clone() },
        RunKey { owner: Owner::named("another"), ..key.key.clone() },
        RunKey { agent: "another".into(), ..key.key.clone() },
        RunKey { run: key.key.run.wrapping_add(1), ..key.key.clone() },
    ];
    for other in others {
        let other = Run { bench: bench.clone(), key: other };
        bench.same("claimed the same key of another", &other.claim(&note(3), SHORT).await?, &None)?;
    }
    bench.same("claimed another's again", &key.claim(&note(3), LONG).await?, &Some(note(1)))
}

pub(in super::super) async fn given_up(bench: &LogBench) -> Result<(), Violation> {
    let key = bench.run()?;
    key.disclaim(&note(1)).await?;
    bench.same("claimed what nobody had", &key.claim(&note(1), LONG).await?, &None)?;
    key.disclaim(&note(2)).await?;
    bench.same("claimed after another gave up", &key.claim(&note(2), LONG).await?, &Some(note(1)))?;
    key.disclaim(&note(1)).await?;
    bench.same("claimed what was given up", &key.claim(&note(2), LONG).await?, &None)
}

pub(in super::super) async fn expires(bench: &LogBench) -> Result<(), Violation> {
    let (left, shortened, renewed) = (bench.run()?, bench.run()?, bench.run()?);
    left.claim(&note(1), SHORT).await?;
    shortened.claim(&note(1), LONG).await?;
    shortened.claim(&note(1), SHORT).await?;
    renewed.claim(&note(1), SHORT).await?;
    renewed.claim(&note(1), LONG).await?;
    sleep(SHORT * 2).await;
    bench.same("claimed what has expired", &left.claim(&note(2), LONG).await?, &None)?;
    bench.same("claimed what was made shorter", &shortened.claim(&note(2), LONG).await?, &None)?;
    bench.same("claimed what was made longer", &renewed.claim(&note(2), LONG).await?, &Some(note(1)))
}

pub(in super::super) async fn race(bench: &LogBench) -> Result<(), Violation> {
    for _ in 0..8 {
        let key = bench.run()?;
        let mut claimants = JoinSet::new();
        for number in 0..CLAIMANTS {
            let key = key.clone();
            claimants.spawn(async move { Ok((number, key.claim(&note(number), LONG).await?)) });
        }
        let (mut winners, mut told) = (Vec::new(), Vec::new());
        while let Some(claimant) = claimants.join_next().await {
            match claimant.map_err(|error| bench.violation("claimed in a task", "no panic", error))?? {
                (number, None) => winners.push(note(number)),
                (_, Some(note)) => told.push(note),
            }
        }
        let [winner] = &*winners else {
            let action = format!("had {CLAIMANTS} claim the same at once");
            return Err(bench.violation(action, "one that has it", winners.len()));
        };
        if let Some(other) = told.iter().find(|note| *note != winner) {
            return Err(bench.violation("asked who has it", format!("{winner:?}"), other));
        }
    }
    Ok(())
}
