//! `main` that returns an exit code, and a result of one.

use std::process::ExitCode;

mod other {
    use std::process::ExitCode;

    #[alphora::main]
    #[cfg(any())]
    async fn main() -> DoesNotExist {}

    #[alphora::main]
    pub async fn main() -> Result<ExitCode, String> {
        Ok(ExitCode::SUCCESS)
    }
}

#[alphora::main]
async fn main() -> ExitCode {
    let _ = other::main;
    ExitCode::SUCCESS
}
