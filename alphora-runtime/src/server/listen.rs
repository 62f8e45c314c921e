//! A bound server: it accepts, it serves, and it stops in order.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::application::Application;
use super::{banner, connection, router, shutdown};
use crate::error::Result;

/// How long cut streams have for their last event after the drain.
const FAREWELL: Duration = Duration::from_secs(1);

/// How long to wait when the system has no more files for connections.
const OUT_OF_FILES: Duration = Duration::from_millis(100);

/// A server that is bound and not yet serving; see [`super::Publisher::bind`].
#[must_use = "a server serves while `run` is awaited"]
pub struct Server {
    application: Arc<Application>,
    listener: TcpListener,
    addr: SocketAddr,
    router: Router,
}

impl Server {
    pub(super) fn new(application: Arc<Application>, listener: TcpListener, banner: bool) -> Result<Self> {
        let addr = listener.local_addr()?;
        // On this machine alone nobody can guess another's session id from afar.
        if addr.ip().is_loopback() {
            application.accept_client_session_ids();
        }
        let router = router::with_fallback(router::routes(&application, true));
        if banner {
            banner::print(&application, addr);
        }
        Ok(Self { application, listener, addr, router })
    }

    /// Where the server listens, with the port that the system chose.
    pub fn local_addr(&self) -> SocketAddr {
        self.addr
    }

    /// Serves until SIGTERM or ctrl-c, then lets running answers end. A second signal ends them at once.
    ///
    /// # Errors
    /// The signals cannot be listened to.
    pub async fn run(self) -> Result {
        let (mut first, mut second) = (shutdown::Signals::new()?, shutdown::Signals::new()?);
        // The second listener hears the first signal too.
        let again = async move {
            second.next().await;
            second.next().await;
        };
        self.serve(first.next(), again).await;
        Ok(())
    }

    /// Serves until `stop` is ready, then lets running answers end, for at most the drain timeout.
    pub async fn run_until(self, stop: impl Future<Output = ()>) {
        self.serve(stop, std::future::pending()).await;
    }

    async fn serve(self, stop: impl Future<Output = ()>, now: impl Future<Output = ()>) {
        let Self { application, listener, router, .. } = self;
        application.start_background();
        let places = Arc::new(Semaphore::new(application.server.max_connections));
        let front = Front { listener, router, places };
        let (connections, late) = (TaskTracker::new(), TaskTracker::new());
        let draining = CancellationToken::new();
        let closing = CancellationToken::new();
        // A server whose future is dropped takes its connections with it.
        let _dropped = (draining.clone().drop_guard(), closing.clone().drop_guard());

        tokio::select! {
            () = front.accept(&connections, &draining, &closing) => {}
            () = stop => {}
        }

        application.drain();
        draining.cancel();
        connections.close();
        tracing::info!(runs = application.running(), "stopping: running answers may end");
        tokio::select! {
            // Whoever asks meanwhile is told: `/ready` says 503, and so does a request for a new answer.
            () = front.accept(&late, &closing, &closing) => {}
            () = connections.wait() => {}
            () = tokio::time::sleep(application.server.drain_timeout) => {}
            () = now => {}
        }
        drop(front);
        late.close();
        if !connections.is_empty() {
            tracing::warn!(runs = application.running(), "stopping: what still runs is cut");
            application.interrupt_runs();
            let _ = tokio::time::timeout(FAREWELL, connections.wait()).await;
        }
        closing.cancel();
        let ended = async {
            connections.wait().await;
            late.wait().await;
            application.stop_background();
            application.tasks.wait().await;
        };
        // A task that never lets go of its worker cannot be ended from outside, and is not waited for.
        if tokio::time::timeout(FAREWELL, ended).await.is_err() {
            tracing::error!("an agent that does not await keeps its connection; stopping without it");
        }
    }
}

/// Where connections come in.
struct Front {
    listener: TcpListener,
    router: Router,
    places: Arc<Semaphore>,
}

impl Front {
    /// Accepts for ever; `draining` and `closing` end what was accepted.
    async fn accept(
        &self,
        connections: &TaskTracker,
        draining: &CancellationToken,
        closing: &CancellationToken,
    ) {
        loop {
            let Ok(place) = self.places.clone().acquire_owned().await else { return };
            match self.listener.accept().await {
                Ok((stream, _)) => {
                    let serving =
                        connection::serve(stream, self.router.clone(), draining.clone(), closing.clone());
                    connections.spawn(async move {
                        serving.await;
                        drop(place);
                    });
                }
                Err(error) if connection::is_its_own(&error) => {}
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(OUT_OF_FILES).await;
                }
            }
        }
    }
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server").field("addr", &self.addr).finish_non_exhaustive()
    }
}
