//! What a process has used so far, read from `/proc`.

use std::time::Duration;
use std::{fs, io};

/// Processor time of all threads of `process`, in the scheduler's nanoseconds.
///
/// `/proc/<pid>/stat` would count in ticks of 10 ms, which is too coarse for a window of a second.
pub(crate) fn cpu_time(process: u32) -> io::Result<Duration> {
    let mut nanoseconds = 0;
    for thread in fs::read_dir(format!("/proc/{process}/task"))? {
        // A thread that ends while it is read has nothing to add.
        let Ok(text) = fs::read_to_string(thread?.path().join("schedstat")) else { continue };
        nanoseconds += first_number(&text)?;
    }
    Ok(Duration::from_nanos(nanoseconds))
}

/// Resident memory of `process`, in KiB.
///
/// The sum over its mappings is exact; `VmRSS` lags behind by some pages for each processor.
pub(crate) fn resident_kib(process: u32) -> io::Result<u64> {
    let exact = fs::read_to_string(format!("/proc/{process}/smaps_rollup"));
    let (text, name) = match exact {
        Ok(text) => (text, "Rss:"),
        Err(_) => (fs::read_to_string(format!("/proc/{process}/status"))?, "VmRSS:"),
    };
    let value = text.lines().find_map(|line| line.strip_prefix(name));
    first_number(value.unwrap_or_default())
}

fn first_number(text: &str) -> io::Result<u64> {
    let word = text.split_whitespace().next().unwrap_or_default();
    word.parse().map_err(|_| io::Error::other(format!("/proc holds `{word}` where a number was expected")))
}

/// Ticks of all processors since the machine started, and those that were this process's and its children's.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ticks {
    all: u64,
    /// At work, interrupts left out: those of the loopback interface are the benchmark's own.
    busy: u64,
    /// Of this process and of the children that have ended.
    ours: u64,
}

impl Ticks {
    pub(crate) fn now() -> io::Result<Self> {
        let machine = fs::read_to_string("/proc/stat")?;
        let cpus: Vec<_> =
            machine.split_whitespace().skip(1).map_while(|word| word.parse::<u64>().ok()).collect();
        // user, nice, system, idle, waiting, interrupts, soft interrupts, and what the host has stolen.
        let [user, nice, system, _, _, _, _, stolen, ..] = cpus[..] else {
            return Err(io::Error::other("/proc/stat is not as expected"));
        };
        let process = fs::read_to_string("/proc/self/stat")?;
        // After the name, which may hold anything, the 12th to 15th are ticks: own and children's.
        let fields = process.rsplit(')').next().unwrap_or_default().split_whitespace();
        let ours = fields.skip(11).take(4).filter_map(|word| word.parse::<u64>().ok()).sum();
        Ok(Self { all: cpus[..8].iter().sum(), busy: user + nice + system + stolen, ours })
    }

    /// Of the machine's time since `before`, the percentage that went to other processes.
    pub(crate) fn percent_of_others(self, before: Self) -> u64 {
        let others = (self.busy - before.busy).saturating_sub(self.ours - before.ours);
        (others * 100).checked_div(self.all - before.all).unwrap_or(0)
    }
}
