//! The machine: which processor serves, which one makes the load, and how many files a process may open.

use std::process::{Command, Stdio};
use std::{fs, io};

use alphora_tests::allow_files;

/// What the machine lets us do.
pub(crate) struct Host {
    server_cpu: Option<usize>,
    /// What a reader of the figures has to know about the machine.
    pub(crate) remarks: Vec<String>,
    /// How many connections one process can hold.
    pub(crate) connections: usize,
}

/// Files of a server that are no connections, generously.
const OTHER_FILES: usize = 64;

impl Host {
    /// Pins this process to a processor of its own, and lets it and its servers open `connections` sockets.
    pub(crate) fn prepare(connections: usize) -> io::Result<Self> {
        let mut remarks = Vec::new();
        let server_cpu = match pin_load()? {
            Ok((load, server)) => {
                remarks.push(format!("server pinned to processor {server}, load to processor {load}"));
                Some(server)
            }
            Err(reason) => {
                remarks.push(format!("nothing is pinned ({reason}): expect a wide spread"));
                None
            }
        };
        let files = allow_files(connections + OTHER_FILES)?;
        let allowed = files.saturating_sub(OTHER_FILES);
        if allowed < connections {
            remarks.push(format!("at most {allowed} connections, for want of open files"));
        }
        Ok(Self { server_cpu, remarks, connections: allowed })
    }

    /// The command that starts `program` on the server's processor.
    pub(crate) fn server_command(&self, program: &std::path::Path) -> Command {
        match self.server_cpu {
            None => Command::new(program),
            Some(cpu) => {
                let mut command = Command::new("taskset");
                command.arg("-c").arg(cpu.to_string()).arg(program);
                command
            }
        }
    }
}

/// Pins this process, which has one thread yet: its processor and the one left for servers, or why not.
fn pin_load() -> io::Result<Result<(usize, usize), String>> {
    let status = fs::read_to_string("/proc/self/status")?;
    let allowed = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:"));
    let cpus = numbers(allowed.unwrap_or_default());
    let (Some(&load), Some(&server)) = (cpus.first(), cpus.last()) else {
        return Ok(Err("no processor is listed".into()));
    };
    if load == server {
        return Ok(Err("there is only one processor".into()));
    }
    let pinned = quiet("taskset", &["-c", "-p", &load.to_string(), &std::process::id().to_string()]);
    Ok(if pinned { Ok((load, server)) } else { Err("`taskset` is missing or was refused".into()) })
}

/// The numbers of a list as `0-2,5`.
fn numbers(list: &str) -> Vec<usize> {
    let ranges = list.split(',').filter_map(|range| {
        let (from, to) = range.trim().split_once('-').unwrap_or((range.trim(), range.trim()));
        Some(from.parse::<usize>().ok()?..=to.parse().ok()?)
    });
    ranges.flatten().collect()
}

fn quiet(program: &str, arguments: &[&str]) -> bool {
    let mut command = Command::new(program);
    command.args(arguments).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
