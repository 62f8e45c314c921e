//! The server: a socket on loopback, and the connections made to it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use super::answer::Answer;
use super::connection::{Script, serve};
use super::record::{Record, Seen};

/// A model server that does what the test says, for as long as this value lives.
#[derive(Debug)]
pub struct ModelServer {
    /// What to give a client as `base_url`.
    pub base_url: String,
    /// What it has seen.
    pub record: Record,
    running: JoinHandle<()>,
}

impl ModelServer {
    /// A server that asks `script` what to do with each request.
    pub async fn start(script: impl Fn(&Seen) -> Answer + Send + Sync + 'static) -> Self {
        Self::run(Some(Arc::new(script))).await
    }

    /// A server that does these things with its requests, one after the other, and the last one for ever.
    pub async fn queue(answers: impl IntoIterator<Item = Answer>) -> Self {
        let answers: Vec<Answer> = answers.into_iter().collect();
        let next = AtomicUsize::new(0);
        Self::start(move |_| {
            let number = next.fetch_add(1, Ordering::SeqCst);
            answers[number.min(answers.len() - 1)].clone()
        })
        .await
    }

    /// A server that closes every connection as soon as it is made.
    pub async fn closing() -> Self {
        Self::run(None).await
    }

    async fn run(script: Option<Script>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}/v1", listener.local_addr().unwrap());
        let record = Record::default();
        #[expect(clippy::disallowed_methods, reason = "the handle is kept, and aborted with the value")]
        let running = tokio::spawn(accept(listener, record.clone(), script));
        Self { base_url, record, running }
    }
}

impl Drop for ModelServer {
    fn drop(&mut self) {
        self.running.abort();
    }
}

/// Accepts until it is aborted, and its connections with it.
async fn accept(listener: TcpListener, record: Record, script: Option<Script>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let number = record.connection();
        match &script {
            // A client that goes away is part of the tests, and its error is in the record.
            Some(script) => drop(connections.spawn(serve(stream, number, record.clone(), script.clone()))),
            None => drop::<TcpStream>(stream),
        }
        while connections.try_join_next().is_some() {}
    }
}

/// The base URL of a port that nobody listens at.
pub async fn closed_port() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}/v1", listener.local_addr().unwrap())
}
