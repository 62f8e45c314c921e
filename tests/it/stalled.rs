//! A client that takes nothing, or little at a time: its run can be ended all the same, and its answer is not cut.

use std::time::{Duration, Instant};

use alphora::ServerConfig;
use alphora::prelude::*;
use alphora_tests::{TestServer, post, until, until_runs};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

#[agent]
struct Flood {
    #[agent(stream)]
    stream: DataStreamer,
}

#[agent]
impl Flood {
    async fn run(&self, request: OpenAIRequest) -> alphora::Result {
        let query = request.get_user_query();
        if query == "large" {
            return self.stream.text("x".repeat(6 * 1024 * 1024)).await;
        }
        if query == "greedy" {
            // Always ready, so that it uses up what Tokio gives a task for one poll, each time.
            self.stream.text("first").await?;
            let begun = Instant::now();
            while begun.elapsed() < Duration::from_secs(5) {
                tokio::task::consume_budget().await;
            }
            return Ok(());
        }
        loop {
            self.stream.text("y".repeat(1000)).await?;
        }
    }
}

async fn ask(addr: std::net::SocketAddr, query: &str, stream: bool) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let mut socket = socket.connect(addr).await.unwrap();
    let body =
        format!("{{\"stream\":{stream},\"messages\":[{{\"role\":\"user\",\"content\":\"{query}\"}}]}}");
    let request = format!(
        "POST /alphadata/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    socket.write_all(request.as_bytes()).await.unwrap();
    socket
}

/// Reads the head of a response, and the id of the run from it.
async fn run_id(socket: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(socket.read_u8().await.unwrap());
    }
    let head = String::from_utf8(head).unwrap();
    head.lines().find_map(|line| line.strip_prefix("x-run-id: ")).unwrap().to_owned()
}

#[tokio::test]
async fn a_run_whose_client_takes_nothing_can_be_cancelled() {
    let server = TestServer::start(publish(Flood::new())).await;
    let mut socket = ask(server.addr, "flood", true).await;
    let id = run_id(&mut socket).await;
    // Long enough for all buffers to be full.
    tokio::time::sleep(Duration::from_millis(300)).await;
    let path = format!("/alphadata/runs/{id}/cancel");
    assert_eq!(post(server.addr, &path, serde_json::json!({}), &[]).await.status, 202);
    // What is left of it is its farewell, which it is no longer cancelled for.
    until("the run has ended", async || {
        post(server.addr, &path, serde_json::json!({}), &[]).await.status == 404
    })
    .await;
    let mut rest = Vec::new();
    tokio::time::timeout(Duration::from_secs(10), async {
        while !rest.ends_with(b"0\r\n\r\n") {
            rest.push(socket.read_u8().await.unwrap());
        }
    })
    .await
    .expect("the answer has an end");
    let rest = String::from_utf8_lossy(&rest);
    assert!(rest.contains("run_cancelled") && rest.contains("data: [DONE]"));
    until_runs(server.addr, 0).await;
}

#[tokio::test]
async fn a_run_whose_client_takes_nothing_has_its_clocks() {
    let config = FloodConfig { timeout: Duration::from_millis(500), ..Default::default() };
    let server = TestServer::start(publish(Flood::new()).config(config)).await;
    let mut socket = ask(server.addr, "flood", true).await;
    let id = run_id(&mut socket).await;
    tokio::time::sleep(Duration::from_millis(1500)).await;
    let path = format!("/alphadata/runs/{id}/cancel");
    assert_eq!(post(server.addr, &path, serde_json::json!({}), &[]).await.status, 404, "it is over");
    drop(socket);
    until_runs(server.addr, 0).await;
}

/// Reads to the end of the connection, for longer than any limit that `limits` sets. How much came, and its last bytes.
async fn read_slowly(limits: ServerConfig, ahead: &[u8]) -> (usize, String) {
    let server = TestServer::start(publish(Flood::new()).server(limits)).await;
    let mut socket = ask(server.addr, "large", false).await;
    run_id(&mut socket).await;
    let (mut read, mut buffer, mut last) = (0, vec![0; 64 * 1024], Vec::new());
    // The server has the whole answer in its hands when the first piece of it has come.
    read += socket.read(&mut buffer).await.unwrap();
    socket.write_all(ahead).await.unwrap();
    let begun = Instant::now();
    loop {
        match socket.read(&mut buffer).await.expect("the connection is not cut") {
            0 => break,
            some => {
                read += some;
                last.extend_from_slice(&buffer[..some]);
                last.drain(..last.len().saturating_sub(1_000));
            }
        }
        if begun.elapsed() < Duration::from_millis(2500) {
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    }
    assert!(begun.elapsed() > Duration::from_millis(1500), "it has to take longer than the limit");
    (read, String::from_utf8(last).unwrap())
}

#[tokio::test]
async fn an_answer_that_takes_longer_than_a_connection_may_be_idle_is_whole() {
    let limits = ServerConfig { keep_alive_timeout: Duration::from_millis(500), ..Default::default() };
    let (read, _) = read_slowly(limits, b"").await;
    assert!(read > 12 * 1024 * 1024, "{read} bytes, of a text that is there twice");
}

#[tokio::test]
async fn a_request_that_was_sent_ahead_does_not_cut_the_answer_before_it() {
    let limits = ServerConfig { head_timeout: Duration::from_millis(500), ..Default::default() };
    let ahead = b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    let (read, last) = read_slowly(limits, ahead).await;
    assert!(read > 12 * 1024 * 1024, "{read} bytes, of a text that is there twice");
    assert!(last.contains("HTTP/1.1 200") && last.contains("connection: close"), "{last}");
}

#[tokio::test]
async fn an_agent_that_is_always_ready_has_its_clocks() {
    let config = FloodConfig { timeout: Duration::from_millis(700), ..Default::default() };
    let server = TestServer::start(publish(Flood::new()).config(config)).await;
    let begun = Instant::now();
    let body = serde_json::json!({"messages": [{"role": "user", "content": "greedy"}], "stream": false});
    let answer = post(server.addr, "/alphadata/chat/completions", body, &[]).await;
    assert!(answer.body.contains("\"finish_reason\":\"timeout\""), "{}", answer.body);
    assert!(begun.elapsed() < Duration::from_secs(4));
}
