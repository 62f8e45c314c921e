//! Several servers that share a log.

use std::time::Instant;

use alphora::session::store::{InMemoryStore, StoreLimits};
use alphora_tests::chaos::Random;

use super::*;

#[tokio::test]
async fn the_rest_comes_from_any_server() {
    let log = Log::new();
    let (one, other) = (Bench::start(&log).await, Bench::start(&log).await);
    for cut in [1, 2, 5, 9] {
        let script = "text a\nsleep 30\nflood 5\nsleep 100\ntext b";
        let stream = one.begin(script, cut).await;
        let seen = events(&stream.text);
        let run = stream.run.clone();
        drop(stream);
        let last = seen.last().unwrap().0;
        let all = [seen, exact(&other.rest(&run, Some(last)).await.body)].concat();
        assert_eq!(check_whole(&all, 1), "a0 1 2 3 4 b");
        assert_eq!(exact(&rest(other.addr(), "/scripted", &run, None).await.body), all);
    }
}

#[tokio::test]
async fn a_run_is_cancelled_from_any_server() {
    let log = Log::new();
    let (one, other) = (Bench::start(&log).await, Bench::start(&log).await);
    for path in ["/v1", "/scripted"] {
        let stream = one.begin("text a\nhang", 2).await;
        let run = stream.run.clone();
        let begun = Instant::now();
        let cancel = post(other.addr(), &format!("{path}/runs/{run}/cancel"), "", &[]).await;
        assert_eq!((cancel.status, &cancel.json()["status"]), (202, &json!("cancelling")));
        let (live, follower) = tokio::join!(stream.whole(), other.rest(&run, None));
        assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
        let seen = exact(&follower.body);
        assert_eq!(events(&live), seen);
        assert!(
            seen.len() == 4 && seen[2].1.contains("\"run_cancelled\"") && seen[3].1 == "[DONE]",
            "{seen:?}"
        );
        let again = post(other.addr(), &format!("{path}/runs/{run}/cancel"), "", &[]).await;
        assert_eq!((again.status, &again.error()["code"]), (404, &json!("run_not_found")));
        until_runs(one.addr(), 0).await;
    }
}

#[tokio::test]
async fn a_server_that_stops_lets_go_of_those_who_follow_anothers_run() {
    let log = Log::new();
    let (one, mut other) = (Bench::start(&log).await, Bench::start(&log).await);
    let gate = Gate::new();
    let stream = one.begin(&format!("text a\ngate {gate}\ntext b"), 2).await;
    let run = stream.run.clone();
    let bytes = request("GET", &format!("/v1/runs/{run}/events"), &[], b"");
    let mut following = Connection::send(other.addr(), &bytes).await.unwrap();
    let begun = following.until("\"a\"").await.unwrap();
    other.server.tell_to_stop();
    let rest = tokio::time::timeout(PATIENCE, following.rest()).await.expect("it does not wait for the run");
    let part = begun + std::str::from_utf8(&rest.unwrap()).unwrap();
    assert!(part.ends_with("0\r\n\r\n"), "it ends as a body has to: {part}");
    let seen = events(&part);
    assert_eq!(seen.len(), 2, "{seen:?}");
    other.server.stopped().await;
    gate.open();
    // It comes back to a server that is there.
    let all = [seen, exact(&one.rest(&run, Some(2)).await.body)].concat();
    assert_eq!(check_whole(&all, 1), "ab");
    assert_eq!(events(&stream.whole().await), all);
}

#[tokio::test]
async fn who_reads_the_end_anywhere_finds_the_session_everywhere() {
    let store = Arc::new(InMemoryStore::new(StoreLimits::default()));
    let mut servers = Vec::new();
    for _ in 0..2 {
        let agent = alphora::publish(Scripted::new(Arc::default())).session_store(store.clone());
        servers.push(TestServer::start(agent).await);
    }
    let (one, other) = (servers[0].addr, servers[1].addr);
    let body = |script: &str| {
        let messages = json!([{ "role": "user", "content": script }]);
        json!({ "messages": messages, "stream": true, "session_id": "s" }).to_string()
    };
    for nth in 1..=20 {
        let bytes = request("POST", OPENAI, &[RESUMABLE], body("text a\nsleep 20\nremember x").as_bytes());
        let mut stream = Connection::send(one, &bytes).await.unwrap();
        let text = stream.until("\"a\"").await.unwrap();
        let run = text.split("x-run-id: ").nth(1).unwrap().split("\r\n").next().unwrap();
        drop(stream);
        assert_eq!(check_whole(&exact(&rest(other, "/v1", run, None).await.body), 1), "a");
        let recalled = post(other, OPENAI, body("recall"), &[]).await;
        assert_eq!(recalled.content(), vec!["x"; nth].join(","));
    }
}

/// One client that is cut off again and again, and each time comes back to any of the servers, as an `EventSource`
/// does: with nothing but the last number that has arrived.
async fn restless(addrs: [SocketAddr; 3], mut random: Random) {
    let script = "flood 20\nsleep 20\ntext -\nsleep 3\nflood 20\nsleep 10\ntext .";
    let bytes = request("POST", OPENAI, &[RESUMABLE], body(script).as_bytes());
    let mut connection = Connection::send(random.pick(&addrs), &bytes).await.unwrap();
    let mut text = connection.until("\r\n\r\n").await.unwrap();
    let run = text.split("x-run-id: ").nth(1).unwrap().split("\r\n").next().unwrap().to_owned();
    let mut seen: Vec<(u64, String)> = Vec::new();
    loop {
        let patience = Duration::from_millis(random.below(30) as u64);
        let reading = async {
            loop {
                let next = connection.next().await.unwrap();
                if next.is_empty() {
                    break;
                }
                text.push_str(&next);
            }
        };
        let _ = tokio::time::timeout(patience, reading).await;
        seen.extend(events(&text));
        if seen.last().is_some_and(|(_, data)| data == "[DONE]") {
            break;
        }
        let last = seen.last().map_or(String::new(), |(id, _)| id.to_string());
        let path = format!("/v1/runs/{run}/events");
        let bytes = request("GET", &path, &[("Last-Event-ID", &last)], b"");
        connection = Connection::send(random.pick(&addrs), &bytes).await.unwrap();
        text.clear();
    }
    let twenty: String = (0..20).map(|number| format!("{number} ")).collect();
    assert_eq!(check_whole(&seen, 1), format!("{twenty}-{twenty}."));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_restless_clients_lose_nothing_and_get_nothing_twice() {
    let log = Log::new();
    let servers = [Bench::start(&log).await, Bench::start(&log).await, Bench::start(&log).await];
    let addrs = [servers[0].addr(), servers[1].addr(), servers[2].addr()];
    let mut random = Random::new(0xa1f);
    let clients: Vec<_> = (0..200)
        .map(|_| {
            let random = Random::new(random.number());
            #[expect(clippy::disallowed_methods, reason = "the handle is awaited")]
            tokio::spawn(restless(addrs, random))
        })
        .collect();
    for client in clients {
        client.await.unwrap();
    }
    for server in &servers {
        until_runs(server.addr(), 0).await;
        assert_eq!(methods(server), 0);
    }
}
