//! Connections by themselves: what they wait for, how many there are, how they are used again, and how they end.

mod limits;
mod protocol;
mod reuse;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use alphora::{Publisher, ServerConfig};
use alphora_tests::{Connection, Scripted, TestServer};
use serde_json::json;

const OPENAI: &str = "/v1/chat/completions";

/// A server of scripts with these options, and how many of its agents run.
async fn serve(server: ServerConfig) -> (TestServer, Arc<AtomicUsize>) {
    let running: Arc<AtomicUsize> = Arc::default();
    let agent: Publisher<Scripted> = alphora::publish(Scripted::new(Arc::clone(&running)));
    (TestServer::start(agent.server(server)).await, running)
}

fn body(script: &str, stream: bool) -> String {
    json!({ "messages": [{ "role": "user", "content": script }], "stream": stream }).to_string()
}

/// A request that leaves the connection open.
fn chat(script: &str, stream: bool) -> Vec<u8> {
    post(&body(script, stream), "")
}

fn post(body: &str, more: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "POST {OPENAI} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n{more}\r\n{body}"
    )
    .into_bytes()
}

const GET: &[u8] = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";

/// Sends `bytes` on a connection of their own and gives all that comes back.
async fn exchange(addr: SocketAddr, bytes: &[u8]) -> String {
    let mut connection = Connection::send(addr, bytes).await.unwrap();
    String::from_utf8(connection.rest().await.unwrap()).unwrap()
}
