//! `main` with an error type of the user's: anything with `Display`.

use std::fmt;

struct Mine;

impl fmt::Display for Mine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("mine")
    }
}

/// Documented.
#[alphora::main]
#[allow(clippy::unused_async)]
async fn main() -> Result<(), Mine> {
    if std::env::args().count() > 100 {
        return Err(Mine);
    }
    Ok(())
}
