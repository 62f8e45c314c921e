//! The plan of a run: rounds, and in each round every server in turn at every case.

use std::env;
use std::io::{self, Write};
use std::time::{Duration, Instant};

use crate::Result;
use crate::case::{Case, Load, Sample};
use crate::host::Host;
use crate::load::{self, Target};
use crate::probe;
use crate::proc_stat::Ticks;
use crate::report::{self, Results};
use crate::server_process::{Role, ServerProcess};
use crate::settings::Settings;

/// Who takes turns. The baseline takes part twice: what differs between the two is noise.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Contestant {
    Baseline,
    Alphora,
    Floor,
    BaselineAgain,
}

impl Contestant {
    pub(crate) const ALL: [Self; 4] = [Self::Baseline, Self::Alphora, Self::Floor, Self::BaselineAgain];

    fn role(self) -> Role {
        match self {
            Self::Baseline | Self::BaselineAgain => Role::Baseline,
            Self::Alphora => Role::Alphora,
            Self::Floor => Role::Floor,
        }
    }

    /// The order of turns, which alternates: whoever is first in one round is last in the next.
    fn order(round: usize) -> [Self; 4] {
        let mut order = Self::ALL;
        if round % 2 == 1 {
            order.reverse();
        }
        order
    }
}

/// More than any turn takes beyond its span: opening thousands of connections.
const GRACE: Duration = Duration::from_secs(15);

/// Runs the benchmark and reports.
pub(crate) fn conduct(settings: &Settings) -> Result {
    load::check()?;
    // The run is one thread, pinned before it starts anything.
    let wanted = Case::all(settings, usize::MAX).iter().map(|case| case.connections).max();
    let host = Host::prepare(wanted.ok_or("no case has a name like that")?)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut run = Run { settings, host, started: Instant::now(), remarks: Vec::new() };
    let before = Ticks::now()?;
    let results = runtime.block_on(run.all())?;
    let others = Ticks::now()?.percent_of_others(before);
    let mut remarks = run.host.remarks;
    remarks.append(&mut run.remarks);
    remarks.push(format!("other processes took {others} % of the machine's time"));
    report::report(settings, &results, &remarks, run.started.elapsed())
}

struct Run<'a> {
    settings: &'a Settings,
    host: Host,
    started: Instant,
    remarks: Vec<String>,
}

impl Run<'_> {
    async fn all(&mut self) -> Result<Results> {
        let cases = Case::all(self.settings, self.host.connections);
        let (paced, fast): (Vec<_>, Vec<_>) = cases.iter().partition(|case| case.load == Load::Paced);
        let mut results = Results::new(&cases);
        // The paced rounds come first: few as they are, the limit must not take them.
        self.rounds("paced", self.settings.paced_rounds, &paced, &mut results).await?;
        self.rounds("fast", self.settings.rounds, &fast, &mut results).await?;
        Ok(results)
    }

    async fn rounds(&mut self, name: &str, rounds: usize, cases: &[Case], results: &mut Results) -> Result {
        if cases.is_empty() {
            return Ok(());
        }
        let mut longest = Duration::ZERO;
        for round in 0..rounds {
            let before = Instant::now();
            if self.started.elapsed() + longest > self.settings.limit {
                self.remarks
                    .push(format!("{name}: only {round} of {rounds} rounds fitted into the time limit"));
                break;
            }
            writeln!(io::stderr(), "{name} round {} of {rounds}", round + 1)?;
            self.round(round, cases, results).await?;
            longest = longest.max(before.elapsed());
        }
        Ok(())
    }

    /// Every server at every case: new processes, so that each round starts from the same state.
    async fn round(&self, round: usize, cases: &[Case], results: &mut Results) -> Result {
        let mut servers = Vec::new();
        for contestant in Contestant::order(round) {
            let command = self.host.server_command(&env::current_exe()?);
            let server = ServerProcess::start(contestant.role(), command)?;
            let name = contestant.role().name();
            probe::check(Target::from(&server)).await.map_err(|error| format!("{name}: {error}"))?;
            servers.push((contestant, server));
        }
        for case in cases {
            for (contestant, server) in &servers {
                let name = contestant.role().name();
                let sample = self.turn(*case, Target::from(server)).await;
                let sample = sample.map_err(|error| format!("{name} at `{case}`: {error}"))?;
                results.add(case, *contestant, &sample);
            }
        }
        Ok(())
    }

    async fn turn(&self, case: Case, target: Target) -> Result<Sample> {
        let span = case.span(self.settings);
        let sample =
            tokio::time::timeout(span.warm_up + span.window + GRACE, case.run(target, span)).await??;
        Ok(sample)
    }
}
