//! The proxy: a socket on loopback, and the connections that it carries on.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

use super::Plan;
use super::lane::carry;
use crate::model_server::Cut;

/// A proxy in front of a server, for as long as this value lives. Its connections end with it, abruptly.
#[derive(Debug)]
pub struct ChaosProxy {
    /// Where it listens.
    pub addr: SocketAddr,
    accepted: Arc<AtomicUsize>,
    /// How many connections, the first ones, carry nothing any more.
    silent: watch::Sender<usize>,
    running: JoinHandle<()>,
}

impl ChaosProxy {
    /// A proxy of `server` that asks `plan` what happens to each connection; they are numbered from 0.
    pub async fn start(server: SocketAddr, plan: impl FnMut(usize) -> Plan + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let accepted = Arc::default();
        let silent = watch::Sender::new(0);
        #[expect(clippy::disallowed_methods, reason = "the handle is kept, and aborted with the value")]
        let running = tokio::spawn(accept(listener, server, plan, Arc::clone(&accepted), silent.clone()));
        Self { addr, accepted, silent, running }
    }

    /// A proxy whose connections all have the same plan.
    pub async fn always(server: SocketAddr, plan: Plan) -> Self {
        Self::start(server, move |_| plan).await
    }

    /// How many connections it has accepted.
    pub fn connections(&self) -> usize {
        self.accepted.load(Ordering::SeqCst)
    }

    /// Carries nothing of the connections that there are any more, and closes none; later ones are as before. So it is
    /// when a machine is gone and another one has its address.
    pub fn fall_silent(&self) {
        self.silent.send_replace(self.connections());
    }
}

impl Drop for ChaosProxy {
    fn drop(&mut self) {
        self.running.abort();
    }
}

/// Accepts until it is aborted, and its connections with it.
async fn accept(
    listener: TcpListener,
    server: SocketAddr,
    mut plan: impl FnMut(usize) -> Plan,
    accepted: Arc<AtomicUsize>,
    silent: watch::Sender<usize>,
) {
    let mut connections = JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        let number = accepted.fetch_add(1, Ordering::SeqCst);
        let (plan, mut silent) = (plan(number), silent.subscribe());
        connections.spawn(async move {
            let silenced = async { drop(silent.wait_for(|silent| number < *silent).await) };
            // A side that is gone is what the tests are about.
            drop(connect(client, server, plan, silenced).await);
        });
        while connections.try_join_next().is_some() {}
    }
}

async fn connect(
    mut client: TcpStream,
    server: SocketAddr,
    plan: Plan,
    silenced: impl Future<Output = ()>,
) -> io::Result<()> {
    let mut server = TcpStream::connect(server).await?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let ended = {
        let (mut from_client, mut to_client) = client.split();
        let (mut from_server, mut to_server) = server.split();
        let carrying = async {
            tokio::try_join!(
                carry(&mut from_client, &mut to_server, plan.to_server),
                carry(&mut from_server, &mut to_client, plan.to_client),
            )
        };
        tokio::select! {
            ended = carrying => ended,
            () = silenced => std::future::pending().await,
        }
    };
    match ended {
        Ok(((), ())) => Ok(()),
        Err(Cut::Fin) => {
            let (client, server) = (client.shutdown().await, server.shutdown().await);
            client.and(server)
        }
        Err(Cut::Rst) => {
            client.set_zero_linger()?;
            server.set_zero_linger()
        }
    }
}
