//! Where connections come in.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;
use tokio_util::task::TaskTracker;

use super::connection::{self, Protocol};
use super::front::Front;
use super::tls::Tls;
use super::transport::Transport;
use super::watch::Watches;
use super::watched::WatchedStream;
use super::writer::Writer;
use crate::config::ServerConfig;

/// How long to wait when the system has nothing left for a connection: files, memory.
const OUT_OF_RESOURCES: Duration = Duration::from_millis(100);

/// How often it is said that connections cannot be accepted.
const COMPLAINT: Duration = Duration::from_secs(10);

/// Accepts connections and serves them, each in a task of its own.
pub(super) struct Acceptor {
    listener: TcpListener,
    front: Front,
    protocol: Protocol,
    tls: Option<Tls>,
    watches: Arc<Watches>,
    /// One for each connection that may be open. Without one left nothing is accepted.
    places: Arc<Semaphore>,
    connections: TaskTracker,
    complaint: Complaint,
}

impl Acceptor {
    pub(super) fn new(
        listener: TcpListener,
        front: Front,
        tls: Option<Tls>,
        server: &ServerConfig,
        watches: &Arc<Watches>,
    ) -> Self {
        let connections = TaskTracker::new();
        Self {
            listener,
            front,
            protocol: Protocol::new(server, true, &connections),
            tls,
            watches: watches.clone(),
            places: Arc::new(Semaphore::new(server.max_connections)),
            connections,
            complaint: Complaint::default(),
        }
    }

    /// Accepts for ever.
    pub(super) async fn accept(&mut self) {
        loop {
            let Ok(place) = self.places.clone().acquire_owned().await else { return };
            match self.listener.accept().await {
                Ok((stream, _)) => self.serve(stream, place),
                Err(error) if is_its_own(&error) => {}
                Err(error) => {
                    self.complaint.about(&error);
                    tokio::time::sleep(OUT_OF_RESOURCES).await;
                }
            }
        }
    }

    fn serve(&self, stream: TcpStream, place: OwnedSemaphorePermit) {
        let watch = self.watches.enter();
        #[cfg(not(feature = "tls"))]
        let _ = &self.tls;
        #[cfg(feature = "tls")]
        if let Some(tls) = &self.tls {
            let (protocol, front) = (self.protocol.clone(), self.front.without_courier());
            self.connections.spawn(tls.clone().serve(stream, protocol, front, watch, place));
            return;
        }
        let (reader, writer) = stream.into_split();
        let writer = Arc::new(Writer::new(writer));
        let front = self.front.on(&writer);
        let stream = WatchedStream::new(Transport::Plain { reader, writer }, watch.clone());
        self.connections.spawn(connection::serve(stream, &self.protocol, front, watch, place));
    }

    /// Has the connections that are accepted from now on serve one request each, and gives those that were accepted
    /// before. No more come to them, so that the wait for their end has one.
    pub(super) fn begin_anew(&mut self, server: &ServerConfig) -> TaskTracker {
        let earlier = std::mem::take(&mut self.connections);
        self.protocol = Protocol::new(server, false, &self.connections);
        earlier.close();
        earlier
    }

    /// Stops listening, and gives the connections that were accepted last.
    pub(super) fn stop(self) -> TaskTracker {
        self.connections.close();
        self.connections
    }
}

/// Whether accepting failed because of the one connection that was to be accepted.
fn is_its_own(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}

/// Says what is wrong, but not each time that it is.
#[derive(Default)]
struct Complaint {
    /// When it was last said.
    said: Option<Instant>,
    /// How often it was not said since.
    unsaid: u64,
}

impl Complaint {
    /// Whether it was said.
    fn about(&mut self, error: &io::Error) -> bool {
        if self.said.is_some_and(|said| said.elapsed() < COMPLAINT) {
            self.unsaid += 1;
            return false;
        }
        tracing::warn!(%error, failures = self.unsaid + 1, "connections cannot be accepted; those that wait are tried again");
        *self = Self { said: Some(Instant::now()), unsaid: 0 };
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_goes_on_for_long_is_said_once_in_a_while() {
        let error = io::Error::from_raw_os_error(24);
        let mut complaint = Complaint::default();
        let mut said = 0;
        for _ in 0..600 {
            said += u32::from(complaint.about(&error));
            tokio::time::sleep(OUT_OF_RESOURCES).await;
        }
        assert_eq!(said, 6, "in a minute");
        assert!(!is_its_own(&error) && is_its_own(&io::ErrorKind::ConnectionAborted.into()));
    }
}
