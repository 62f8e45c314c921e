//! A collector on loopback, made of the published protocol definitions: what it cannot decode is a failure.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use alphora_tests::until_some;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What a collector has received.
#[derive(Debug, Clone, Default)]
pub(super) struct Received {
    pub(super) spans: Vec<Span>,
    /// Of the last request.
    pub(super) resource: HashMap<String, Value>,
    /// The heads of all requests.
    pub(super) heads: Vec<String>,
    /// Their bodies, as they came.
    pub(super) bytes: Vec<u8>,
}

/// Receives for as long as this value lives.
pub(super) struct Collector {
    pub(super) url: String,
    received: Arc<Mutex<Received>>,
    running: JoinHandle<()>,
}

impl Collector {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let received = Arc::new(Mutex::new(Received::default()));
        let shared = received.clone();
        #[expect(clippy::disallowed_methods, reason = "the handle is kept, and aborted with the value")]
        let running = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                serve(stream, &shared).await;
            }
        });
        Self { url, received, running }
    }

    pub(super) fn received(&self) -> Received {
        self.received.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What has come once there are `spans` spans; fails if there are not.
    pub(super) async fn spans(&self, spans: usize) -> Received {
        until_some(format!("{spans} spans have come"), async || {
            Some(self.received()).filter(|received| received.spans.len() >= spans)
        })
        .await
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        self.running.abort();
    }
}

/// Answers the requests of one connection; there is one client.
async fn serve(mut stream: TcpStream, received: &Mutex<Received>) {
    let mut bytes = Vec::new();
    loop {
        while let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8(bytes[..end].to_vec()).unwrap().to_lowercase();
            let length = head.split("content-length: ").nth(1).unwrap().split("\r\n").next().unwrap();
            let end = end + 4 + length.parse::<usize>().unwrap();
            if bytes.len() < end {
                break;
            }
            let request: Vec<u8> = bytes.drain(..end).collect();
            let body = &request[request.len() - length.parse::<usize>().unwrap()..];
            note(&mut received.lock().unwrap_or_else(PoisonError::into_inner), head, body);
            let answer =
                b"HTTP/1.1 200 OK\r\ncontent-type: application/x-protobuf\r\ncontent-length: 0\r\n\r\n";
            if stream.write_all(answer).await.is_err() {
                return;
            }
        }
        if !matches!(stream.read_buf(&mut bytes).await, Ok(1..)) {
            return;
        }
    }
}

fn note(received: &mut Received, head: String, body: &[u8]) {
    assert!(head.starts_with("post /v1/traces http/1.1\r\n"), "{head}");
    assert!(head.contains("content-type: application/x-protobuf"), "{head}");
    let request = ExportTraceServiceRequest::decode(body).unwrap();
    for of_resource in request.resource_spans {
        received.resource = attributes(&of_resource.resource.unwrap().attributes);
        for of_scope in of_resource.scope_spans {
            assert_eq!(of_scope.scope.unwrap().name, "alphora");
            received.spans.extend(of_scope.spans);
        }
    }
    received.heads.push(head);
    received.bytes.extend_from_slice(body);
}

/// Attributes by their names, of which none occurs twice.
pub(super) fn attributes(list: &[KeyValue]) -> HashMap<String, Value> {
    let mut attributes = HashMap::new();
    for attribute in list {
        let value = attribute.value.clone().unwrap().value.unwrap();
        let earlier = attributes.insert(attribute.key.clone(), value);
        assert!(earlier.is_none(), "`{}` occurs twice", attribute.key);
    }
    attributes
}
