//! A way to a server on which an answer is lost: what was asked is done, and nobody hears of it.

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

/// A proxy in front of a server on loopback, for as long as this value lives.
pub(super) struct LossyWay {
    pub(super) port: u16,
    state: watch::Sender<State>,
    running: JoinHandle<()>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    /// The next thing that the server says is thrown away, and its connection closed.
    Losing,
    /// That has happened. Nothing reaches the server until the way is open again.
    Lost,
}

impl LossyWay {
    pub(super) async fn to(server: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = watch::Sender::new(State::Open);
        let server = SocketAddr::from(([127, 0, 0, 1], server));
        #[expect(clippy::disallowed_methods, reason = "the handle is kept, and aborted with the value")]
        let running = tokio::spawn(accept(listener, server, state.clone()));
        Self { port, state, running }
    }

    /// Loses the next answer, with its connection.
    pub(super) fn lose_next_answer(&self) {
        self.state.send_replace(State::Losing);
    }

    /// Waits until it is lost. Whoever asks again is held up from then on.
    pub(super) async fn lost(&self) {
        self.state.subscribe().wait_for(|state| *state == State::Lost).await.unwrap();
    }

    /// Holds nobody up any more.
    pub(super) fn open(&self) {
        self.state.send_replace(State::Open);
    }
}

impl Drop for LossyWay {
    fn drop(&mut self) {
        self.running.abort();
    }
}

/// Accepts until it is aborted, and its connections with it.
async fn accept(listener: TcpListener, server: SocketAddr, state: watch::Sender<State>) {
    let mut connections = JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        let state = state.clone();
        // A side that is gone is what the tests are about.
        connections.spawn(async move { drop(carry(client, server, &state).await) });
    }
}

/// Carries what both say until one of them ends, or an answer is lost.
async fn carry(mut client: TcpStream, server: SocketAddr, state: &watch::Sender<State>) -> io::Result<()> {
    let mut server = TcpStream::connect(server).await?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let (mut from_client, mut to_client) = client.split();
    let (mut from_server, mut to_server) = server.split();
    let questions = async {
        let mut bytes = Vec::new();
        while from_client.read_buf(&mut bytes).await? > 0 {
            let open = state.subscribe().wait_for(|state| *state != State::Lost).await.is_ok();
            assert!(open, "the sender is here");
            to_server.write_all(&bytes).await?;
            bytes.clear();
        }
        Ok(())
    };
    let answers = async {
        let mut bytes = Vec::new();
        while from_server.read_buf(&mut bytes).await? > 0 {
            let is_lost = state.send_if_modified(|state| {
                let is_losing = *state == State::Losing;
                if is_losing {
                    *state = State::Lost;
                }
                is_losing
            });
            if is_lost {
                break;
            }
            to_client.write_all(&bytes).await?;
            bytes.clear();
        }
        Ok(())
    };
    tokio::select! {
        ended = questions => ended,
        ended = answers => ended,
    }
}
