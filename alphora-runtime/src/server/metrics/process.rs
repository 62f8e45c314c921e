//! What the system says of this process, where it says it in files.

use std::fs;

/// What is known of the process.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Process {
    /// In bytes.
    pub(super) resident_memory: Option<u64>,
    pub(super) open_files: Option<u64>,
    /// In clock ticks, of which Linux tells programs 100 a second on every machine.
    pub(super) processor_ticks: Option<u64>,
    pub(super) threads: Option<u64>,
}

/// How many clock ticks are a second.
pub(super) const TICKS: f64 = 100.0;

impl Process {
    /// As it is now. On systems without `/proc` nothing is known.
    pub(super) fn now() -> Self {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
        Self {
            resident_memory: field(&status, "VmRSS:").map(|kibibytes| kibibytes * 1024),
            open_files: open_files(),
            processor_ticks: ticks(&stat),
            threads: field(&status, "Threads:"),
        }
    }
}

/// The number behind a name in `/proc/self/status`.
fn field(status: &str, name: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

/// The time in user mode and in the kernel. The program's name, which comes before, may have spaces and parentheses.
fn ticks(stat: &str) -> Option<u64> {
    let (_, numbers) = stat.rsplit_once(')')?;
    let mut times = numbers.split_whitespace().skip(11).map(str::parse::<u64>);
    Some(times.next()?.ok()? + times.next()?.ok()?)
}

/// Newer kernels say how many there are without listing them.
fn open_files() -> Option<u64> {
    let directory = "/proc/self/fd";
    match fs::metadata(directory).ok()?.len() {
        0 => Some(fs::read_dir(directory).ok()?.count() as u64),
        files => Some(files),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_the_system_are_read() {
        let stat = "12 (a) b) S 1 2 3 4 5 6 7 8 9 10 150 50 0 0 20";
        assert_eq!(ticks(stat), Some(200));
        assert_eq!(field("Name:\tx\nVmRSS:\t    12 kB\n", "VmRSS:"), Some(12));
        assert_eq!((ticks(""), field("", "VmRSS:")), (None, None));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn everything_is_known_on_linux() {
        let Process { resident_memory, open_files, processor_ticks, threads } = Process::now();
        assert!(resident_memory > Some(1024 * 1024) && open_files > Some(2) && threads > Some(0));
        assert!(processor_ticks.is_some());
    }
}
