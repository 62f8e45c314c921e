//! Several servers that share a store, and one that is killed.

use std::thread::JoinHandle;
use std::time::Instant;

use alphora_tests::Connection;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use super::*;

fn store() -> Arc<dyn SessionStore> {
    Arc::new(InMemoryStore::default())
}

/// Has many send the same at once to three servers, each with a store that `open` gives.
pub(crate) async fn of_many_at_servers_of<S: SessionStore>(open: impl Fn() -> Arc<S>) {
    let mut servers = Vec::new();
    for _ in 0..3 {
        servers.push(Bench::start_with(ServerConfig::default(), Some(open())).await);
    }
    for (nth, stream) in [true, false, true, false].into_iter().enumerate() {
        let body = body("text a\nsleep 100\ntext b", stream);
        let mut asking = JoinSet::new();
        for number in 0..30 {
            let (addr, body) = (servers[number % servers.len()].addr(), body.clone());
            asking.spawn(async move { ask(addr, OPENAI, &format!("{nth}"), &body).await });
        }
        let answers = asking.join_all().await;
        let (firsts, others): (Vec<_>, Vec<_>) =
            answers.iter().partition(|answer| answer.header("idempotent-replayed").is_none());
        assert_eq!((firsts.len(), others.len()), (1, 29));
        for other in others {
            assert_repeats(firsts[0], other);
        }
        assert_eq!(servers.iter().map(Bench::begun).sum::<usize>(), nth + 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_at_several_servers_one_runs() {
    let store = Arc::new(InMemoryStore::default());
    of_many_at_servers_of(|| store.clone()).await;
}

#[tokio::test]
async fn a_server_that_stops_lets_go_of_those_who_wait_for_anothers_run() {
    let store = store();
    let one = Bench::start_with(ServerConfig::default(), Some(store.clone())).await;
    let mut other = Bench::start_with(ServerConfig::default(), Some(store)).await;
    let (whole, stream) = (body("sleep 3000\ntext b", false), body("text a\nsleep 3000\ntext b", true));
    let first = Connection::send(one.addr(), &bytes_of(OPENAI, "whole", &whole)).await.unwrap();
    let second = Connection::send(one.addr(), &bytes_of(OPENAI, "stream", &stream)).await.unwrap();
    until_runs(one.addr(), 2).await;
    let addr = other.addr();
    let waiting =
        async { tokio::join!(ask(addr, OPENAI, "whole", &whole), ask(addr, OPENAI, "stream", &stream)) };
    let stopping = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        other.server.tell_to_stop();
    };
    let ((refused, cut), ()) = tokio::join!(waiting, stopping);
    assert_eq!((refused.status, &refused.error()["code"]), (503, &json!("shutdown")));
    assert!(cut.status == 200 && cut.body.contains("\"shutdown\"") && cut.body.ends_with("data: [DONE]\n\n"));
    other.server.stopped().await;
    drop((first, second));
    // They come back to a server that is there.
    let (found, found_stream) =
        tokio::join!(ask(one.addr(), OPENAI, "whole", &whole), ask(one.addr(), OPENAI, "stream", &stream));
    assert_eq!((found.content(), text_of(&found_stream)), ("b".to_owned(), "ab".to_owned()));
    assert_eq!(one.begun(), 2);
}

/// A server with a runtime of its own, which can be killed with all that it does.
struct Mortal {
    addr: SocketAddr,
    kill: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Mortal {
    fn start(store: Arc<dyn SessionStore>) -> Self {
        let (told, addr) = std::sync::mpsc::channel();
        let (kill, killed) = oneshot::channel();
        let thread = std::thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
            runtime.block_on(async {
                let bench = Bench::start_with(ServerConfig::default(), Some(store)).await;
                told.send(bench.addr()).unwrap();
                let _ = killed.await;
                std::mem::forget(bench);
            });
            runtime.shutdown_background();
        });
        Self { addr: addr.recv().unwrap(), kill: Some(kill), thread: Some(thread) }
    }

    fn kill(&mut self) {
        let _ = self.kill.take().unwrap().send(());
        self.thread.take().unwrap().join().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_waits_for_a_server_that_was_killed_is_told_in_time() {
    let store = store();
    let mut mortal = Mortal::start(store.clone());
    let other = Bench::start_with(ServerConfig::default(), Some(store)).await;
    let (whole, stream) = (body("sleep 600000", false), body("text a\nsleep 600000", true));
    let first = Connection::send(mortal.addr, &bytes_of(OPENAI, "whole", &whole)).await.unwrap();
    let mut second = Connection::send(mortal.addr, &bytes_of(OPENAI, "stream", &stream)).await.unwrap();
    second.until("\"a\"").await.unwrap();
    let begun = Instant::now();
    let waiting = async {
        tokio::join!(ask(other.addr(), OPENAI, "whole", &whole), ask(other.addr(), OPENAI, "stream", &stream))
    };
    let killing = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        mortal.kill();
    };
    let ((whole_answer, stream_answer), ()) = tokio::join!(waiting, killing);
    drop((first, second));
    assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", begun.elapsed());
    assert_eq!((whole_answer.status, &whole_answer.error()["code"]), (503, &json!("run_lost")));
    assert_eq!(whole_answer.header("x-should-retry"), Some("false"));
    assert!(stream_answer.body.contains("run_lost") && stream_answer.body.ends_with("data: [DONE]\n\n"));
    // Nobody knows what was done: it is not done again, and whoever asks is told as soon as the silence is certain.
    let begun = Instant::now();
    assert_eq!(ask(other.addr(), OPENAI, "whole", &whole).await.error()["code"], "run_lost");
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    assert_eq!(other.begun(), 0);
}
