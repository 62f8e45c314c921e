//! What is said of a server that does not stop at once.

use std::io;
use std::sync::Mutex;

use alphora::session::store::{InMemoryStore, StoreLimits};
use alphora_tests::faulty_store::{Fault, FaultyStore};

use super::*;

/// What was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_store_that_does_not_close_is_named_and_not_waited_for() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
    // The server runs on this thread.
    let _logged = tracing::subscriber::set_default(subscriber);
    let store = FaultyStore::new(Arc::new(InMemoryStore::new(StoreLimits::default())));
    store.set(Fault::StaysOpen);
    let agent = alphora::publish(Scripted::new(Arc::default())).session_store(store);
    let server = TestServer::start(agent).await;
    assert_eq!(post(server.addr, OPENAI, body("text a", false), &[]).await.status, 200);
    let begun = Instant::now();
    tokio::time::timeout(Duration::from_secs(4), server.stopped()).await.expect("the server stops");
    assert!(begun.elapsed() >= Duration::from_millis(500), "{:?}", begun.elapsed());
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("the session store has not closed in order yet"), "{log}");
    assert!(log.contains("has not answered within 500ms"), "{log}");
    assert!(!log.contains("an agent that does not await"), "{log}");
}
