//! Runs that hold a key.

use super::*;
use crate::config::ServerConfig;
use crate::server::application::Application;
use crate::server::idempotency::Claim;
use crate::server::reread::RereadFiles;

/// For how long the answer is kept.
const TIME: Duration = Duration::from_secs(5);

#[tokio::test(start_paused = true)]
async fn a_key_lasts_for_as_long_as_the_run_of_a_method_that_was_called() {
    for begins in [true, false] {
        let server = ServerConfig { idempotency_time: TIME, ..ServerConfig::default() };
        let application = Application::build(Vec::new(), server, None, None, RereadFiles::default()).unwrap();
        let (bench, _reader) = Bench::start(0);
        let key = RunKey { agent: "a".into(), owner: Owner::anonymous(), run: 2 };
        let (note, other) = (Bytes::from_static(b"note"), Bytes::from_static(b"other"));
        let log = application.run_log.clone();
        let longest = Duration::from_secs(100);
        assert_eq!(log.claim(&key, &note, longest).await, Ok(None));
        let run_id = Identifier::new("cmpl-").unwrap();
        let claim = Claim::new(&application, key.clone(), note.clone(), run_id, longest);
        claim.keep();
        if begins {
            bench.output.begin();
        }
        let journal = Journal {
            log: log.clone(),
            run: RunKey { agent: "a".into(), owner: Owner::anonymous(), run: 1 },
            limits: RunLogLimits::default(),
            tail: bench.tail.clone(),
            output: bench.output.clone(),
            claim: Some(Arc::new(claim)),
        };
        #[expect(clippy::disallowed_methods, reason = "it is ended below")]
        let keeping = tokio::spawn(journal.keep());
        for _ in 0..99 {
            sleep(Duration::from_secs(1)).await;
            assert_eq!(log.claim(&key, &other, TIME).await, Ok(Some(note.clone())));
        }
        if begins {
            for _ in 0..3600 {
                sleep(Duration::from_secs(1)).await;
                assert_eq!(log.claim(&key, &other, TIME).await, Ok(Some(note.clone())));
            }
            // Its server is gone.
            keeping.abort();
            sleep(Duration::from_secs(66)).await;
        }
        sleep(Duration::from_secs(2)).await;
        assert_eq!(log.claim(&key, &other, TIME).await, Ok(None), "nobody holds it for ever");
    }
}
