//! What is counted, and by whom.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

use crate::Result;
use crate::client::{self, Work};
use crate::server_process::{FOLDER, Role, ServerProcess};

/// The variable that names the file in which a server says, at its end, how often it asked the allocator.
const FILE: &str = "ALLOCATIONS_FILE";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counter {
    /// Calls of the allocator that give memory: for a new block, or for another size of one.
    Allocations,
    /// Instructions of the process, in valgrind's count; those of the kernel are not among them.
    Instructions,
}

impl Counter {
    pub(crate) const ALL: [Self; 2] = [Self::Allocations, Self::Instructions];

    pub(crate) fn named(word: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|counter| counter.name() == word).ok_or_else(|| {
            format!("`{word}` is not counted: say `allocations`, `instructions` or nothing").into()
        })
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Allocations => "allocations",
            Self::Instructions => "instructions",
        }
    }

    /// Fails if this machine cannot count.
    pub(crate) fn check(self) -> Result {
        if self == Self::Allocations {
            return Ok(());
        }
        let mut valgrind = Command::new("valgrind");
        let status = valgrind.arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
        if status.is_ok_and(|status| status.success()) {
            Ok(())
        } else {
            Err("instructions are counted by valgrind, which does not run here: install it, or ask for \
                 `allocations` alone"
                .into())
        }
    }

    /// What the server of `role` needs from its start to its end to do `work` for `operations` operations.
    pub(crate) fn count(self, role: Role, work: Work, operations: usize) -> Result<u64> {
        let file = Path::new(FOLDER).join(format!("{}-{}", self.name(), role.name()));
        let server = ServerProcess::start(role, self.command(&file)?)?;
        client::ask(server.address, work, operations)?;
        drop(server);
        let text = fs::read_to_string(&file).map_err(|error| {
            format!("the {} server left no count in {}: {error}", role.name(), file.display())
        })?;
        fs::remove_file(&file)?;
        self.read(&text)
    }

    fn command(self, file: &PathBuf) -> Result<Command> {
        let program = env::current_exe()?;
        Ok(match self {
            Self::Allocations => {
                let mut command = Command::new(program);
                command.env(FILE, file);
                command
            }
            Self::Instructions => {
                let mut option = std::ffi::OsString::from("--callgrind-out-file=");
                option.push(file);
                let mut command = Command::new("valgrind");
                command.args(["--tool=callgrind", "--quiet"]).arg(option).arg(program).env_remove(FILE);
                command
            }
        })
    }

    fn read(self, text: &str) -> Result<u64> {
        let number = match self {
            Self::Allocations => Some(text),
            Self::Instructions => text.lines().find_map(|line| line.strip_prefix("totals:")),
        };
        let number = number.ok_or("valgrind wrote no total")?;
        Ok(number.trim().parse()?)
    }
}

/// Writes down what this process has asked of its allocator, if somebody wants to know.
pub(crate) fn write_allocations(stats: stats_alloc::Stats) -> Result {
    if let Some(file) = env::var_os(FILE) {
        fs::write(file, (stats.allocations + stats.reallocations).to_string())?;
    }
    Ok(())
}
