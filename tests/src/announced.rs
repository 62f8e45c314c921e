//! What programs have in common that tests and figures start.

use std::io::{self, Write as _};
use std::thread;

use alphora::{Error, ErrorKind, Publisher};
use tokio::sync::oneshot;

/// Listens on a free port of the loopback interface, says which in a line that begins with `name`, and serves until a
/// signal, or until standard input is closed, so that nothing is left of a harness that died.
///
/// # Errors
/// The agents cannot be published, or nobody can be told where they are.
pub async fn serve_announced<A>(name: &str, publisher: Publisher<A>) -> alphora::Result {
    let (gone, parent_gone) = oneshot::channel();
    thread::spawn(move || {
        // Nothing is said there; it only ends.
        let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
        let _ = gone.send(());
    });
    let server = publisher.without_banner().bind("127.0.0.1:0").await?;
    let told = writeln!(io::stdout(), "{name} at {}", server.local_addr());
    told.map_err(|error| Error::new(ErrorKind::Io, error.to_string()))?;
    tokio::select! {
        _ = parent_gone => Ok(()),
        result = server.run() => result,
    }
}
