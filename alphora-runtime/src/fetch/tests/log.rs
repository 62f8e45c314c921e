//! What whoever runs a program reads of a fetch that failed, and a model does not.

use std::io;

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::{Layer as _, fmt};

use super::*;

/// What was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        io::Write::write(&mut *self.0.lock().unwrap(), bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn the_log_has_the_cause_and_the_model_does_not() {
    let log = Log::default();
    let writer = log.clone();
    // What the libraries below log is theirs.
    let ours = Targets::new().with_target("alphora_runtime", LevelFilter::DEBUG);
    let layer = fmt::layer().with_ansi(false).with_writer(move || writer.clone()).with_filter(ours);
    let _logged = tracing::subscriber::set_default(tracing_subscriber::registry().with(layer));
    // Another test may have failed to fetch something meanwhile, on a thread where nobody listens: then it would be
    // believed that nobody does here.
    drop(failures().await);
    tracing::callsite::rebuild_interest_cache();
    log.0.lock().unwrap().clear();

    let [nowhere, internal, closed] = failures().await;
    let text = log.text();
    for (told, cause) in [(nowhere, "TimedOut"), (internal, "10.0.0.7"), (closed, "ConnectionRefused")] {
        assert!(!told.contains(cause), "{told}");
        assert!(text.contains(cause), "{cause}: {text}");
    }
    // Not where to, which a model has written, and nothing in others' words, which may repeat it.
    for word in ["secret", "shop", "internal", "127.0.0.1"] {
        assert!(!text.contains(word), "{text}");
    }
}

/// What is told of a name that cannot be looked up, one of the network here, and a port at which nobody listens.
async fn failures() -> [String; 3] {
    let away: Lookup = Arc::new(|_| {
        Box::pin(async { Err(io::Error::new(io::ErrorKind::TimedOut, "the secret name server is away")) })
    });
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let mut told = Vec::new();
    for (client, origin) in [
        (local().lookup(away), "http://shop.test".to_owned()),
        (local().lookup(names(&[&["10.0.0.7"]])), "http://internal.test".to_owned()),
        (local(), format!("http://127.0.0.1:{port}")),
    ] {
        let error = client.build().unwrap().get(format!("{origin}/secret?key=secret")).await.unwrap_err();
        told.push(error.to_string());
    }
    told.try_into().unwrap()
}
