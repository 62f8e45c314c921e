//! What `#[alphora::main]` calls: logging, Tokio, and how the program ends.

use std::fmt::Display;
use std::io::Write as _;
use std::process::ExitCode;

/// What an `async fn main` under `#[alphora::main]` may return.
#[diagnostic::on_unimplemented(
    message = "`main` cannot return `{Self}`\n\
               help: return nothing, `alphora::Result`, a `Result<(), E>` whose error has `Display`, or `ExitCode`",
    label = "`main` cannot return this"
)]
pub trait Exit: Sized {
    /// How the program ends.
    fn exit(self) -> ExitCode;

    /// Runs the user's `main`.
    fn run<F: Future<Output = Self>>(main: impl FnOnce() -> F) -> ExitCode {
        run(main)
    }
}

impl Exit for () {
    fn exit(self) -> ExitCode {
        ExitCode::SUCCESS
    }
}

impl Exit for ExitCode {
    fn exit(self) -> ExitCode {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<T: Exit, E: Display> Exit for Result<T, E> {
    fn exit(self) -> ExitCode {
        match self {
            Ok(value) => value.exit(),
            Err(error) => failed(&error),
        }
    }
}

/// Prints `error` as its author wrote it.
fn failed(error: &dyn Display) -> ExitCode {
    // A closed standard error is no reason to end in another way.
    let _ = writeln!(std::io::stderr(), "error: {error}");
    ExitCode::FAILURE
}

/// Runs `main` on Tokio's multi-threaded runtime, with logging if the feature `logging` is on.
fn run<F>(main: impl FnOnce() -> F) -> ExitCode
where
    F: Future<Output: Exit>,
{
    #[cfg(feature = "logging")]
    crate::logging::start();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&format_args!("cannot start the runtime: {error}")),
    };
    let code = runtime.block_on(main()).exit();
    // A tool that still blocks a thread does not keep the program from ending.
    runtime.shutdown_background();
    code
}
