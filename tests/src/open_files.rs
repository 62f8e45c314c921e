//! How many files a process may have open, of which each connection is one.

use std::process::{Command, Stdio};
use std::{fs, io};

/// Raises the soft limit of this process, and of those that it starts from now on, towards `wanted`, as far as the hard
/// limit lets it; gives what it is then.
///
/// # Errors
/// The system does not say what the limits are.
pub fn allow_files(wanted: usize) -> io::Result<usize> {
    let limits = fs::read_to_string("/proc/self/limits")?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files")).unwrap_or_default();
    // A limit that is no number is `unlimited`.
    let mut numbers = line.split_whitespace().map(|word| word.parse().unwrap_or(usize::MAX));
    let (soft, hard) = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    let raised = wanted.min(hard);
    Ok(if soft >= wanted || !raise(raised) { soft } else { raised })
}

fn raise(files: usize) -> bool {
    let arguments = [format!("--pid={}", std::process::id()), format!("--nofile={files}:")];
    let mut command = Command::new("prlimit");
    command.args(arguments).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
