//! The text of a scrape: its two formats, its names and its labels.

use super::*;

const OPENMETRICS: &str =
    "application/openmetrics-text;version=1.0.0;q=0.6,text/plain;version=0.0.4;q=0.4,*/*;q=0.1";

async fn scrape(addr: SocketAddr, accept: &str) -> Answer {
    exchange(addr, &request("GET", "/metrics", &[("Accept", accept)], b"")).await
}

#[tokio::test]
async fn prometheus_gets_openmetrics_and_others_what_they_know() {
    let bench = Bench::start(ScriptedConfig::default()).await;
    bench.ask("text a", false, &[]).await;
    let new = scrape(bench.addr(), OPENMETRICS).await;
    assert_eq!(
        new.header("content-type"),
        Some("application/openmetrics-text; version=1.0.0; charset=utf-8")
    );
    assert!(new.body.ends_with("# EOF\n") && new.body.contains("# TYPE alphora_runs counter\n"));
    assert!(new.body.contains("# UNIT alphora_run_duration_seconds seconds\n"));
    let old = scrape(bench.addr(), "*/*").await;
    assert_eq!(old.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
    assert!(!old.body.contains("# EOF") && old.body.contains("# TYPE alphora_runs_total counter\n"));
    assert!(!old.body.contains("# UNIT"));
    // The samples are the same, but for those that change from one scrape to the next.
    let names = |answer: &Answer| Samples::read(&answer.body).0.into_keys().collect::<Vec<_>>();
    let of_scrapes = |name: &String| !name.contains("route=\"/metrics\"");
    let (new, old): (Vec<_>, Vec<_>) = (names(&new), names(&old));
    assert_eq!(
        new.into_iter().filter(of_scrapes).collect::<Vec<_>>(),
        old.into_iter().filter(of_scrapes).collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn every_metric_is_described_and_named_by_the_conventions() {
    let bench = Bench::start(ScriptedConfig::default()).await;
    let text = scrape(bench.addr(), "*/*").await.body;
    let described: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE ")?.split_once(' '))
        .map(|(name, kind)| {
            assert_eq!(kind == "counter", name.ends_with("_total"), "{name} is a {kind}");
            assert!(kind != "histogram" || name.ends_with("_seconds"), "{name}");
            name
        })
        .collect();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let name = line.split(['{', ' ']).next().unwrap();
        let is_of = |known: &&&str| {
            let rest = name.strip_prefix(**known);
            rest.is_some_and(|rest| ["", "_bucket", "_sum", "_count"].contains(&rest))
        };
        assert!(described.iter().any(|known| is_of(&known)), "{name} has a type");
    }
    let helps = text.lines().filter(|line| line.starts_with("# HELP ")).count();
    assert_eq!((helps, text.matches("# TYPE ").count()), (described.len(), described.len()));
}

#[tokio::test]
async fn nothing_that_a_client_writes_is_a_label() {
    let bench = Bench::start(ScriptedConfig::default()).await;
    let addr = bench.addr();
    for path in
        ["/canary", "/v1/canary/x", "/v1/models/canary", "/scripted/runs/canary/events", "/x?canary=1"]
    {
        get(addr, path).await;
    }
    post(addr, OPENAI, json!({ "model": "canary", "user": "canary", "messages": "canary" }), &[]).await;
    exchange(addr, &request("CANARY", "/v1/models", &[], b"")).await;
    exchange(addr, &request("CANARY", "/canary", &[("X-Canary", "canary")], b"")).await;
    let failed = bench.ask("fail canary", false, &[("x-session-id", "canary")]).await;
    assert_eq!(failed.status, 500);
    let text = get(addr, "/metrics").await.body;
    assert!(!text.to_lowercase().contains("canary"), "{text}");
    let samples = Samples::read(&text);
    for (route, method, status, count) in [
        ("unmatched", "GET", "4xx", 2.0),
        ("unmatched", "other", "4xx", 1.0),
        ("/v1/{*rest}", "GET", "4xx", 1.0),
        ("/v1/models", "other", "4xx", 1.0),
        ("/v1/models/{*model}", "GET", "4xx", 1.0),
        ("/scripted/runs/{id}/events", "GET", "4xx", 1.0),
        (OPENAI, "POST", "5xx", 1.0),
        (OPENAI, "POST", "4xx", 1.0),
    ] {
        let name = format!(
            "alphora_http_requests_total{{route=\"{route}\",method=\"{method}\",status=\"{status}\"}}"
        );
        assert_eq!(samples.get(&name), count, "{name}");
    }
}

#[tokio::test]
async fn every_route_is_counted_under_its_template() {
    let server = TestServer::start(
        alphora::publish(Scripted::new(Arc::default()))
            .server(alphora::ServerConfig { session_endpoints: true, ..Default::default() })
            .allow_origin("http://localhost:3000"),
    )
    .await;
    let run = format!("cmpl-{}", "0".repeat(32));
    let asked = [
        ("GET", "/health".to_owned(), "/health"),
        ("GET", "/ready".to_owned(), "/ready"),
        ("GET", "/docs".to_owned(), "/docs"),
        ("GET", "/openapi.json".to_owned(), "/openapi.json"),
        ("GET", "/scripted/health".to_owned(), "/scripted/health"),
        ("GET", "/scripted/sessions".to_owned(), "/scripted/sessions"),
        ("DELETE", "/scripted/sessions/a".to_owned(), "/scripted/sessions/{id}"),
        ("GET", "/scripted/sessions/a/export".to_owned(), "/scripted/sessions/{id}/export"),
        ("POST", format!("/v1/runs/{run}/cancel"), "/v1/runs/{id}/cancel"),
        ("POST", AGENT.to_owned(), AGENT),
    ];
    for (method, path, _) in &asked {
        exchange(server.addr, &request(method, path, &[], b"{}")).await;
    }
    // What a page of another origin sends takes another way to the same number; and its preflight.
    let from_page = [("Origin", "http://localhost:3000")];
    post(server.addr, AGENT, "{}", &from_page).await;
    let preflight = [from_page[0], ("Access-Control-Request-Method", "POST")];
    exchange(server.addr, &request("OPTIONS", AGENT, &preflight, b"")).await;
    let samples = Samples::of(server.addr).await;
    for (method, _, template) in asked {
        let count =
            samples.sum(&format!("alphora_http_requests_total{{route=\"{template}\",method=\"{method}\""));
        assert_eq!(count, if template == AGENT { 2.0 } else { 1.0 }, "{method} {template}");
    }
    assert_eq!(
        samples.sum(&format!("alphora_http_requests_total{{route=\"{AGENT}\",method=\"OPTIONS\"")),
        1.0
    );
}

#[tokio::test]
async fn a_client_that_leaves_before_there_is_an_answer_is_counted() {
    let bench = Bench::start(ScriptedConfig::default()).await;
    drop(bench.begun("hang", false, &[]).await);
    bench.idle().await;
    let name = format!("alphora_http_requests_total{{route=\"{OPENAI}\",method=\"POST\",status=\"none\"}}");
    until("it is counted", async || bench.scrape().await.0.get(&name) == Some(&1.0)).await;
}
