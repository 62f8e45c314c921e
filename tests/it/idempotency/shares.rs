//! How much of what is kept one owner may have.

use alphora::session::store::InMemoryRunLog;
use alphora_tests::faulty_store::FaultyStore;

use super::refused::Named;
use super::*;

/// What the log of these tests keeps of all owners together.
const RUNS: usize = 16;
const BYTES: usize = 64 << 10;

#[tokio::test]
async fn nobody_can_drive_out_the_answers_of_others() {
    let log = Arc::new(InMemoryRunLog::new(RUNS, BYTES));
    let store = FaultyStore::with_run_log(Arc::new(InMemoryStore::default()), Some(log));
    let begun: Arc<AtomicUsize> = Arc::default();
    let server = TestServer::start(publish(&begun).session_store(store).authenticate(Named)).await;
    let ask = async |name: &str, key: &str, script: &str, stream: bool| {
        let headers = [("Idempotency-Key", key), ("x-name", name)];
        post(server.addr, OPENAI, body(script, stream), &headers).await
    };
    let (whole, stream) = (ask("ann", "a", "nth", false).await, ask("ann", "b", "nth", true).await);
    // More bytes than there are for all, and then more runs.
    for (script, times) in [("large 8000", 12), ("nth", 2 * RUNS)] {
        for nth in 0..times {
            let key = format!("{}-{nth}", script.replace(' ', "-"));
            let first = ask("bob", &key, script, nth % 2 == 0).await;
            assert_eq!(first.status, 200, "{}", first.body);
            assert_repeats(&first, &ask("bob", &key, script, nth % 2 == 0).await);
        }
        assert_repeats(&whole, &ask("ann", "a", "nth", false).await);
        assert_repeats(&stream, &ask("ann", "b", "nth", true).await);
    }
}
