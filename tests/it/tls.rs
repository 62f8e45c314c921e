//! A server that speaks TLS by itself: to whom, with which certificate, and until when.

mod certificates;
mod client;
mod handshakes;
mod leaving;
mod operator;
mod reload;
mod serving;
mod start;
mod tools;

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use alphora::ServerConfig;
use alphora_tests::{Scripted, TestServer};

use certificates::Authority;
use client::Client;

const OPENAI: &str = "/v1/chat/completions";

/// A server with a certificate of `authority`, how many of its agents run, and a client that trusts the authority.
struct Subject {
    server: TestServer,
    running: Arc<AtomicUsize>,
    authority: Authority,
    client: Client,
}

impl Subject {
    async fn start(config: ServerConfig) -> Self {
        let authority = Authority::new();
        let (tls_certificate, tls_key) = authority.issue("server");
        let running: Arc<AtomicUsize> = Arc::default();
        let config =
            ServerConfig { tls_certificate: Some(tls_certificate), tls_key: Some(tls_key), ..config };
        let publisher = alphora::publish(Scripted::new(running.clone())).server(config);
        let server = TestServer::start(publisher).await;
        let client = Client::new(&authority);
        Self { server, running, authority, client }
    }
}

/// The bytes of a chat completion whose agent does what `script` says.
fn chat(script: &str, stream: bool) -> Vec<u8> {
    let body = serde_json::json!({ "messages": [{ "role": "user", "content": script }], "stream": stream });
    alphora_tests::request("POST", OPENAI, &[], body.to_string().as_bytes())
}
