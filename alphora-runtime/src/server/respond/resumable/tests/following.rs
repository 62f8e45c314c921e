//! Bodies that follow a run of which there is only a log.

use std::pin::Pin;

use http_body::Body;

use super::*;
use crate::config::ServerConfig;
use crate::server::application::Application;
use crate::server::authentication::Caller;
use crate::server::reread::RereadFiles;
use crate::server::respond::resumable::FollowBody;

const KEEP_ALIVE: Duration = Duration::from_secs(15);

struct Follower {
    application: Arc<Application>,
    run: RunKey,
    body: FollowBody,
}

impl Follower {
    /// Follows a run that goes on and has sent two events, the first of which is known.
    async fn start() -> Self {
        Self::start_with(false).await
    }

    /// With `tells` for a client that does not come back.
    async fn start_with(tells: bool) -> Self {
        let application =
            Application::build(Vec::new(), ServerConfig::default(), None, None, RereadFiles::default())
                .unwrap();
        let run = RunKey { agent: "a".into(), owner: Owner::anonymous(), run: 1 };
        application.run_log.open(&run, &RunLogLimits::default()).await.unwrap();
        let event = |id| LoggedEvent { id, bytes: Bytes::from(format!("{id};")) };
        application.run_log.append(&run, &[event(1), event(2)]).await.unwrap();
        let found = (vec![event(2)], false);
        let body = FollowBody::resumed(application.clone(), run.clone(), 1, (found, None), KEEP_ALIVE, tells);
        Self { application, run, body }
    }

    /// What comes next; nothing at the end.
    async fn next(&mut self) -> Option<String> {
        let frame = poll_fn(|context| Pin::new(&mut self.body).poll_frame(context)).await?;
        Some(String::from_utf8(frame.unwrap().into_data().unwrap().to_vec()).unwrap())
    }
}

#[tokio::test(start_paused = true)]
async fn who_follows_a_run_whose_process_is_gone_is_told_so() {
    // Nothing more comes, and nobody says that it has ended.
    for tells in [false, true] {
        let mut follower = Follower::start_with(tells).await;
        let begun = Instant::now();
        assert_eq!(follower.next().await.unwrap(), "2;");
        let mut last = follower.next().await.unwrap();
        while last == ": keep-alive\n\n" {
            last = follower.next().await.unwrap();
        }
        assert!(last.starts_with("data: {\"error\":") && last.contains("run_lost"), "{last}");
        assert!(last.ends_with("\n\ndata: [DONE]\n\n"), "{last}");
        assert!((27..=36).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
        assert_eq!(follower.next().await, None);
    }
}

#[tokio::test(start_paused = true)]
async fn a_run_that_is_silent_and_lives_is_waited_for() {
    let mut follower = Follower::start().await;
    assert_eq!(follower.next().await.unwrap(), "2;");
    let (log, run) = (follower.application.run_log.clone(), follower.run.clone());
    let living = async {
        loop {
            sleep(Duration::from_secs(1)).await;
            log.is_cancelled(&run).await.unwrap();
        }
    };
    let reading = async {
        for _ in 0..100 {
            assert_eq!(follower.next().await.unwrap(), ": keep-alive\n\n");
        }
    };
    tokio::select! {
        () = living => {}
        () = reading => {}
    }
}

#[tokio::test(start_paused = true)]
async fn a_run_of_this_server_lives_whatever_its_log_says() {
    let mut follower = Follower::start().await;
    let (bench, _reader) = Bench::start(0);
    follower.application.pretend_to_run(follower.run.run, bench.output);
    assert_eq!(follower.next().await.unwrap(), "2;");
    for _ in 0..10 {
        assert_eq!(follower.next().await.unwrap(), ": keep-alive\n\n");
    }
}

#[tokio::test(start_paused = true)]
async fn who_comes_just_after_an_outage_waits_for_the_next_sign_of_life() {
    let mut follower = Follower::start().await;
    let (log, run) = (follower.application.run_log.clone(), follower.run.clone());
    // For so long nobody could write to the log; the run's process finds out some seconds after it is back.
    sleep(Duration::from_secs(25)).await;
    assert_eq!(follower.next().await.unwrap(), "2;");
    let living = async {
        sleep(Duration::from_secs(6)).await;
        log.is_cancelled(&run).await.unwrap();
        sleep(Duration::from_secs(12)).await;
        let event = LoggedEvent { id: 3, bytes: Bytes::from_static(b"3;") };
        log.append(&run, &[event]).await.unwrap();
    };
    let reading = async {
        assert_eq!(follower.next().await.unwrap(), ": keep-alive\n\n");
        assert_eq!(follower.next().await.unwrap(), "3;");
    };
    tokio::join!(living, reading);
}

#[tokio::test(start_paused = true)]
async fn what_is_kept_in_one_piece_is_no_event() {
    let answer =
        |status: u16| Bytes::from(format!("{{\"status\":{status},\"headers\":[]}}\n{{\"error\":1}}"));
    for (status, expected) in [(500, "data: {\"error\":1}\n\ndata: [DONE]\n\n"), (200, "")] {
        let mut follower = Follower::start().await;
        let found = (vec![LoggedEvent { id: 1, bytes: answer(status) }], true);
        let (application, run) = (follower.application.clone(), follower.run.clone());
        follower.body = FollowBody::resumed(application, run, 0, (found, None), KEEP_ALIVE, false);
        let mut all = String::new();
        while let Some(next) = follower.next().await {
            all.push_str(&next);
        }
        assert_eq!(all, expected);
    }
}

#[tokio::test(start_paused = true)]
async fn who_follows_waits_until_the_end_is_known_or_nobody_reads() {
    let mut follower = Follower::start().await;
    let (application, run, anybody) = (follower.application.clone(), follower.run.clone(), Caller::default());
    let waits = || application.waiting.count(&anybody.owner);
    let wait = || {
        let found = (Vec::new(), false);
        let place = application.wait_as(&anybody).ok();
        FollowBody::resumed(application.clone(), run.clone(), 2, (found, place), KEEP_ALIVE, false)
    };
    follower.body = wait();
    let other = wait();
    assert_eq!(follower.next().await.unwrap(), ": keep-alive\n\n");
    assert_eq!(waits(), 2);
    drop(other);
    assert_eq!(waits(), 1);
    let end = LoggedEvent { id: 3, bytes: Bytes::from_static(b"id: 3\ndata: [DONE]\n\n") };
    application.run_log.append(&run, &[end]).await.unwrap();
    application.run_log.finish(&run).await.unwrap();
    assert!(follower.next().await.unwrap().ends_with("[DONE]\n\n"));
    assert_eq!(waits(), 0, "its client may take the end as slowly as it likes");
}

#[tokio::test(start_paused = true)]
async fn who_does_not_come_back_is_told_what_is_missing() {
    for tells in [false, true] {
        let mut follower = Follower::start_with(tells).await;
        assert_eq!(follower.next().await.unwrap(), "2;");
        // Its log was lost, and it has ended without one.
        follower.application.run_log.finish(&follower.run).await.unwrap();
        let last = follower.next().await;
        assert_eq!(last.is_some_and(|last| last.contains("\"run_events_gone\"")), tells);
        assert_eq!(follower.next().await, None);
    }
}

#[tokio::test(start_paused = true)]
async fn a_follower_is_given_what_comes_and_then_the_end() {
    let mut follower = Follower::start().await;
    assert_eq!(follower.next().await.unwrap(), "2;");
    let log = follower.application.run_log.clone();
    let run = follower.run.clone();
    let writing = async move {
        for id in 3..=4 {
            sleep(Duration::from_secs(1)).await;
            let event = LoggedEvent { id, bytes: Bytes::from(format!("{id};")) };
            log.append(&run, &[event]).await.unwrap();
        }
        log.finish(&run).await.unwrap();
    };
    let reading = async {
        let mut all = String::new();
        while let Some(next) = follower.next().await {
            all.push_str(&next);
        }
        all
    };
    let (all, ()) = tokio::join!(reading, writing);
    assert_eq!(all, "3;4;");
}

#[tokio::test(start_paused = true)]
async fn a_follower_is_let_go_when_the_server_stops() {
    let mut follower = Follower::start().await;
    assert_eq!(follower.next().await.unwrap(), "2;");
    let waiting = timeout(Duration::from_secs(3), follower.next()).await;
    assert!(waiting.is_err(), "{waiting:?}");
    follower.application.drain();
    let begun = Instant::now();
    assert_eq!(follower.next().await, None);
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
}
