//! What `#[alphora::main]` calls: logging, Tokio, and how the program ends.

use std::fmt::Display;
use std::io::Write as _;
use std::pin::{Pin, pin};
use std::process::ExitCode;
use std::sync::OnceLock;

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

/// The version of the program, which is its package's.
static VERSION: OnceLock<&str> = OnceLock::new();

/// Notes the version of the program whose `main` is about to run.
pub fn version(version: Option<&'static str>) {
    if let Some(version) = version {
        // The first `main` is the program's.
        let _ = VERSION.set(version);
    }
}

/// The version of the program, if its `main` is under `#[alphora::main]`.
#[cfg(feature = "otel")]
pub(crate) fn program_version() -> Option<&'static str> {
    VERSION.get().copied()
}

/// Runs `main` on Tokio's multi-threaded runtime, with logging if the feature `logging` is on.
fn run<F>(main: impl FnOnce() -> F) -> ExitCode
where
    F: Future<Output: Exit>,
{
    block_on(pin!(async { main().await.exit() }))
}

// Without a type parameter, so that the runtime is compiled here and not once more in each agent's crate.
fn block_on(main: Pin<&mut dyn Future<Output = ExitCode>>) -> ExitCode {
    // Dropped last: what it still has to send is sent when everything else has ended.
    #[cfg(feature = "logging")]
    let _started = crate::logging::start();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&format_args!("cannot start the runtime: {error}")),
    };
    let code = runtime.block_on(main);
    // A tool that still blocks a thread does not keep the program from ending.
    runtime.shutdown_background();
    code
}

#[cfg(test)]
mod tests {
    use std::process::ExitCode;

    use super::Exit;

    fn is(code: ExitCode, expected: ExitCode) -> bool {
        format!("{code:?}") == format!("{expected:?}")
    }

    #[test]
    fn each_return_type_has_its_exit_code() {
        assert!(is(Exit::run(async || ()), ExitCode::SUCCESS));
        assert!(is(Exit::run(async || Ok::<_, String>(())), ExitCode::SUCCESS));
        assert!(is(Exit::run(async || Err::<(), _>("a text")), ExitCode::FAILURE));
        assert!(is(Exit::run(async || ExitCode::from(7)), ExitCode::from(7)));
        assert!(is(Exit::run(async || Ok::<_, String>(ExitCode::from(7))), ExitCode::from(7)));
    }

    #[test]
    fn clocks_tasks_and_sockets_work() {
        let code = Exit::run(async || {
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
            tokio::task::spawn_blocking(|| ()).await.is_ok().then_some(()).ok_or("no thread")
        });
        assert!(is(code, ExitCode::SUCCESS));
    }

    #[test]
    fn a_blocked_thread_does_not_keep_the_program() {
        let started = std::time::Instant::now();
        let code = Exit::run(async || {
            drop(tokio::task::spawn_blocking(|| std::thread::sleep(std::time::Duration::from_secs(60))));
        });
        assert!(is(code, ExitCode::SUCCESS) && started.elapsed().as_secs() < 30);
    }
}
