//! Clients that were cut off and come back, once or often, alone or together.

use alphora_tests::chaos::Random;

use super::*;

/// Sends what comes at once, what comes one by one, and what comes late.
const MIXED: &str =
    "flood 40\nsleep 60\ntext -\nsleep 5\ntext -\nsleep 5\nsend thinking hm\nflood 30\nsleep 30\ntext .";

/// What the scripted agent says for [`MIXED`].
fn mixed() -> String {
    let numbers = |count| (0..count).map(|number| format!("{number} ")).collect::<String>();
    format!("{}--{}.", numbers(40), numbers(30))
}

#[tokio::test]
async fn every_event_has_a_number_and_nothing_else_is_different() {
    let log = Log::new();
    let bench = Bench::start(&log).await;
    for path in [OPENAI, "/scripted/chat/completions"] {
        let plain = post(bench.addr(), path, body(MIXED), &[]).await;
        assert!(!plain.body.contains("\nid: ") && plain.header("x-alphora-resumable").is_none());
        let answer = post(bench.addr(), path, body(MIXED), &[RESUMABLE]).await;
        assert_eq!((answer.status, answer.header("x-alphora-resumable")), (200, Some("1")));
        assert_eq!(answer.header("content-type"), Some("text/event-stream; charset=utf-8"));
        assert!(answer.chunked && answer.header("x-run-id").unwrap().starts_with("cmpl-"));
        let events = exact(&answer.body);
        check_whole(&events, 1);
        let without_head = |data: &str| match data.find("\"choices\"") {
            Some(at) => data[at..].to_owned(),
            None => data.to_owned(),
        };
        let ours: Vec<String> = events.iter().map(|(_, data)| without_head(data)).collect();
        let theirs: Vec<String> = plain.events().iter().map(|data| without_head(data)).collect();
        assert_eq!(ours, theirs);
    }
    assert_eq!(check_whole(&exact(&bench.ask(MIXED).await.body), 1), mixed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_stream_that_was_cut_anywhere_is_whole_with_its_rest() {
    let log = Log::new();
    let bench = Bench::start(&log).await;
    let mut random = Random::new(0x5e5);
    for _ in 0..30 {
        let cut = 1 + random.below(70) as u64;
        let stream = bench.begin(MIXED, cut).await;
        // More than that may have come: the client says what it has.
        let mut seen = events(&stream.text);
        let run = stream.run.clone();
        drop(stream);
        // It is cut again and again, and has only ever the last id.
        loop {
            let last = seen.last().unwrap().0;
            if random.one_in(3) {
                let answer = bench.rest(&run, Some(last)).await;
                assert_eq!((answer.status, answer.header("x-run-id")), (200, Some(&*run)));
                seen.extend(exact(&answer.body));
                break;
            }
            let headers = [("Last-Event-ID", &*last.to_string())];
            let bytes = request("GET", &format!("/scripted/runs/{run}/events"), &headers, b"");
            let mut connection = Connection::send(bench.addr(), &bytes).await.unwrap();
            let mut text = String::new();
            while events(&text).is_empty() {
                let next = connection.next().await.unwrap();
                assert!(!next.is_empty(), "{text}");
                text.push_str(&next);
            }
            seen.extend(events(&text));
            if seen.last().unwrap().1 == "[DONE]" {
                break;
            }
        }
        assert_eq!(check_whole(&seen, 1), mixed(), "cut after {cut}");
    }
    until_runs(bench.addr(), 0).await;
}

#[tokio::test]
async fn several_follow_one_run_at_once() {
    let log = Log::new();
    let bench = Bench::start(&log).await;
    let stream = bench.begin(MIXED, 3).await;
    let run = stream.run.clone();
    let (one, other, third, live) = tokio::join!(
        bench.rest(&run, Some(3)),
        bench.rest(&run, Some(1)),
        bench.rest(&run, None),
        stream.whole()
    );
    check_whole(&exact(&one.body), 4);
    check_whole(&exact(&other.body), 2);
    let all = exact(&third.body);
    assert_eq!(check_whole(&all, 1), mixed());
    assert_eq!(events(&live), all, "the live stream is the same");
}

#[tokio::test]
async fn who_comes_after_the_end_gets_what_is_left() {
    let log = Log::new();
    let bench = Bench::start(&log).await;
    let answer = bench.ask(MIXED).await;
    let run = answer.header("x-run-id").unwrap();
    let all = exact(&answer.body);
    assert_eq!(exact(&bench.rest(run, None).await.body), all, "at once, because [DONE] was there");
    assert_eq!(exact(&bench.rest(run, Some(0)).await.body), all);
    assert_eq!(exact(&bench.rest(run, Some(7)).await.body), all[7..]);
    let last = all.len() as u64;
    let nothing = bench.rest(run, Some(last)).await;
    assert_eq!((nothing.status, &*nothing.body), (200, ""));
    // The run has never given these.
    for after in [last + 1, u64::MAX] {
        assert_eq!(bench.rest(run, Some(after)).await.status, 410, "after {after}");
    }
    let in_query = format!("/v1/runs/{run}/events?a&last_event_id={}", last - 1);
    assert_eq!(exact(&get(bench.addr(), &in_query).await.body), all[all.len() - 1..]);
    let head = request("HEAD", &format!("/v1/runs/{run}/events"), &[], b"");
    let head = alphora_tests::exchange(bench.addr(), &head).await;
    assert_eq!((head.status, &*head.body), (200, ""));
}

#[tokio::test]
async fn a_run_goes_on_without_its_client_whatever_its_agent_says() {
    let log = Log::new();
    let bench = Bench::start(&log).await;
    let gate = Gate::new();
    let stream = bench.begin(&format!("text a\ngate {gate}\nflood 5000\ntext b"), 2).await;
    let run = stream.run.clone();
    drop(stream);
    until_connections(bench.addr(), 0).await;
    assert_eq!(methods(&bench), 1);
    gate.open();
    until_runs(bench.addr(), 0).await;
    let text = check_whole(&exact(&bench.rest(&run, Some(2)).await.body), 3);
    assert!(text.ends_with("4999 b"), "{}", &text[text.len() - 20..]);
}

#[tokio::test]
async fn heartbeats_have_no_number() {
    let log = Log::new();
    let config = ScriptedConfig { keep_alive: Duration::from_millis(40), ..ScriptedConfig::default() };
    let bench = Bench::start_with(&log, config, ServerConfig::default()).await;
    // The first one begins the answer.
    let stream = bench.begin("sleep 300\ntext a\nsleep 300\ntext b", 2).await;
    let run = stream.run.clone();
    let (live, follower) = tokio::join!(stream.whole(), bench.rest(&run, Some(2)));
    let (before, after) = live.split_once("\"a\"").unwrap();
    for text in [before, after, &*follower.body] {
        let beats = text.matches(": keep-alive\n\n").count();
        assert!((3..=9).contains(&beats), "{beats} in {text}");
    }
    assert_eq!(check_whole(&events(&live), 1), "ab");
    assert_eq!(check_whole(&exact(&follower.body), 3), "b");
}

#[tokio::test]
async fn a_client_that_reads_slowly_misses_nothing() {
    let log = Log::new();
    let bench = Bench::start(&log).await;
    // Several times what is kept for the live stream: it continues from the log.
    let stream = bench.begin("flood 10000", 1).await;
    until_runs(bench.addr(), 0).await;
    let text = check_whole(&events(&stream.whole().await), 1);
    assert!(text.starts_with("0 1 ") && text.ends_with(" 9998 9999 "));
}
