//! The scripts: each is one step that the server does as a whole.

use redis::Cmd;

/// A script, and the name under which the server keeps it.
#[derive(Debug)]
pub(super) struct Script {
    name: String,
    code: String,
}

impl Script {
    fn new(parts: &[&str]) -> Self {
        let code = parts.concat();
        Self { name: redis::Script::new(&code).get_hash().to_owned(), code }
    }

    pub(super) fn by_name(&self, keys: &[&str], arguments: &[&[u8]]) -> Cmd {
        command("EVALSHA", &self.name, keys, arguments)
    }

    pub(super) fn by_code(&self, keys: &[&str], arguments: &[&[u8]]) -> Cmd {
        command("EVAL", &self.code, keys, arguments)
    }
}

fn command(name: &str, script: &str, keys: &[&str], arguments: &[&[u8]]) -> Cmd {
    let parts = keys.iter().map(|key| key.len()).chain(arguments.iter().map(|argument| argument.len()));
    let bytes = script.len() + parts.sum::<usize>() + 32;
    let mut command = Cmd::with_capacity(3 + keys.len() + arguments.len(), bytes);
    command.arg(name).arg(script).arg(keys.len());
    for key in keys {
        command.arg(*key);
    }
    for argument in arguments {
        command.arg(*argument);
    }
    command
}

/// Declares the scripts of a group, each a file beside this one that follows the group's common part.
macro_rules! scripts {
    ($(#[$doc:meta])* $group:ident, $common:literal, $($script:ident: $file:literal,)*) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub(super) struct $group {
            $(pub(super) $script: Script,)*
        }

        impl $group {
            pub(super) fn new() -> Self {
                let common = include_str!($common);
                Self { $($script: Script::new(&[common, include_str!($file)]),)* }
            }
        }
    };
}

scripts! {
    /// What is done to sessions.
    SessionScripts, "scripts/common.lua",
    begin: "scripts/begin.lua",
    renew: "scripts/renew.lua",
    commit: "scripts/commit.lua",
    release: "scripts/release.lua",
    preempt: "scripts/preempt.lua",
    read: "scripts/read.lua",
    delete: "scripts/delete.lua",
    heads: "scripts/heads.lua",
    statistics: "scripts/statistics.lua",
    expire: "scripts/expire.lua",
    oldest: "scripts/oldest.lua",
    owned: "scripts/owned.lua",
    evict: "scripts/evict.lua",
    unlock: "scripts/unlock.lua",
}

scripts! {
    /// What is done to the logs of runs.
    RunScripts, "scripts/run/common.lua",
    open: "scripts/run/open.lua",
    append: "scripts/run/append.lua",
    finish: "scripts/run/finish.lua",
    read: "scripts/run/read.lua",
    cancel: "scripts/run/cancel.lua",
    is_cancelled: "scripts/run/is_cancelled.lua",
    silence: "scripts/run/silence.lua",
}

scripts! {
    /// What says which run a key belongs to.
    ClaimScripts, "scripts/claim/common.lua",
    claim: "scripts/claim/claim.lua",
    disclaim: "scripts/claim/disclaim.lua",
}

scripts! {
    /// What counts what callers ask for.
    LimitScripts, "scripts/limits/common.lua",
    take: "scripts/limits/take.lua",
    renew: "scripts/limits/renew.lua",
    settle: "scripts/limits/settle.lua",
}
