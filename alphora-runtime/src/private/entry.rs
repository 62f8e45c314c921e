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
