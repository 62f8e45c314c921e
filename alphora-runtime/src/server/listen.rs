//! A bound server: it accepts, it serves, and it stops in order.

use std::future::pending;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::time::timeout;
use tokio_util::task::TaskTracker;

use super::accept::Acceptor;
use super::application::Application;
use super::browser::Guard;
use super::front::Front;
use super::tls::Tls;
use super::watch::{Order, Watches};
use super::{banner, exposure, shutdown, socket};
use crate::error::Result;
use crate::session::store::within;

/// How long runs that are cut have for their last event after the drain, then the connections for their end, then the
/// background tasks for theirs.
const FAREWELL: Duration = Duration::from_secs(1);

/// How long the session store may take to close.
const CLOSED: Duration = Duration::from_millis(500);

type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What a server waits for.
type Signal<'a> = Pin<&'a mut (dyn Future<Output = ()> + Send)>;

/// How long the courier has at most to bring out the last events of agents that do not await, and how often to ask
/// whether it has.
const BROUGHT_OUT: Duration = Duration::from_secs(1);
const ASKED_EVERY: Duration = Duration::from_millis(5);

/// A server that is bound and not yet serving; see [`super::Publisher::bind`].
#[must_use = "a server serves while `run` is awaited"]
pub struct Server {
    application: Arc<Application>,
    listener: TcpListener,
    addr: SocketAddr,
    front: Front,
    tls: Option<Tls>,
}

impl Server {
    pub(super) fn new(
        application: Arc<Application>,
        listener: TcpListener,
        tls: Option<Tls>,
        banner: bool,
    ) -> Result<Self> {
        let addr = listener.local_addr()?;
        socket::prepare(&listener, application.server.send_buffer)?;
        // On this machine alone nobody can guess another's session id from afar.
        if exposure::is_local(&application.server, addr) {
            application.accept_client_session_ids();
            application.show_metrics_to_all();
        }
        let guard = Guard::of_listener(&application.server, addr.ip());
        let front = Front::new(&application, guard);
        exposure::warn(&application.server, addr, application.authentication.is_some());
        if banner {
            banner::print(&application, addr);
        }
        Ok(Self { application, listener, addr, front, tls })
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
        self.run_to_the_end().await
    }

    // Boxed, so that all of it is compiled here and not once more in each crate that awaits it. The same goes for
    // the other boxes of this file.
    fn run_to_the_end(self) -> Boxed<'static, Result> {
        Box::pin(self.until_signalled())
    }

    async fn until_signalled(self) -> Result {
        let mut signals = shutdown::Signals::new()?;
        // It keeps one notification until somebody asks, so that two signals in a row are two.
        let signalled = Notify::new();
        let listening = async {
            loop {
                signals.next().await;
                signalled.notify_one();
            }
        };
        let (first, second) = (pin!(signalled.notified()), pin!(signalled.notified()));
        tokio::select! {
            () = self.serve(first, second) => {}
            () = listening => {}
        }
        Ok(())
    }

    /// Serves until `stop` is ready, then lets running answers end, for at most the drain timeout.
    pub async fn run_until(self, stop: impl Future<Output = ()> + Send) {
        self.serve_boxed(pin!(stop)).await;
    }

    fn serve_boxed(self, stop: Signal<'_>) -> Boxed<'_, ()> {
        Box::pin(async move { self.serve(stop, pin!(pending())).await })
    }

    /// Serves until `stop` is ready, and hurries when `now` is.
    async fn serve(self, stop: Signal<'_>, now: Signal<'_>) {
        let watches = Watches::new(&self.application.server);
        // A server whose future is dropped leaves nothing behind.
        let abandoned = Abandoned { application: self.application.clone(), watches: watches.clone() };
        tokio::select! {
            () = self.serve_and_stop(&watches, stop, now) => {}
            () = watches.keep() => {}
        }
        drop(abandoned);
    }

    async fn serve_and_stop(self, watches: &Arc<Watches>, stop: Signal<'_>, now: Signal<'_>) {
        let Self { application, listener, front, tls, .. } = self;
        application.start_background();
        if let Some(handing_on) = front.handing_on() {
            application.start_in_background("the handing on of answers", handing_on);
        }
        if let Some(tls) = &tls {
            application.start_in_background("the upkeep of the certificate", tls.clone().upkeep());
        }
        let mut acceptor = Acceptor::new(listener, front, tls, &application.server, watches);
        tokio::select! {
            () = acceptor.accept() => {}
            () = stop => {}
        }

        application.drain();
        let connections = acceptor.begin_anew(&application.server);
        watches.tell(Order::Drain);
        tracing::info!(runs = application.running(), "stopping: running answers may end");
        tokio::select! {
            // Whoever asks meanwhile is told: `/ready` says 503, and so does a request for a new answer.
            () = acceptor.accept() => {}
            () = ended(&connections, &application) => {}
            () = tokio::time::sleep(application.server.drain_timeout) => {}
            () = now => {}
        }
        let late = acceptor.stop();
        if !connections.is_empty() || !application.detached.is_empty() {
            tracing::warn!(runs = application.running(), "stopping: what still runs is cut");
            application.interrupt_runs();
            if timeout(FAREWELL, ended(&connections, &application)).await.is_err() {
                // An agent that does not await cannot hear of it. Its client's answer has an end all the same.
                application.give_up_runs();
                let _ = timeout(BROUGHT_OUT, brought_out(&application)).await;
            }
        }
        watches.tell(Order::Close);
        let all_ended = async {
            late.wait().await;
            ended(&connections, &application).await;
        };
        // A task that never lets go of its worker cannot be ended from outside, and is not waited for.
        if timeout(FAREWELL, all_ended).await.is_ok() {
            close(&application).await;
        } else {
            // What it holds is not closed under it.
            tracing::error!("an agent that does not await keeps its connection; stopping without it");
            application.stop_background();
        }
    }
}

/// Ends what goes on beside answers, and then, when nobody uses it any more, the store. Each has a time of its own, so that
/// the log says which of them took long; all that is done after the drain together takes less than five seconds, as
/// `drain_timeout` promises.
async fn close(application: &Application) {
    application.stop_background();
    if timeout(FAREWELL, application.tasks.wait()).await.is_err() {
        tracing::warn!(
            "background tasks have not ended within {FAREWELL:?}; stopping without them, and without closing the store"
        );
        return;
    }
    if let Some(store) = &application.store
        && let Err(error) = within(CLOSED, "it", store.close()).await
    {
        tracing::warn!(%error, "the session store has not closed in order yet; stopping without it");
    }
}

/// Waits until the connections have ended, and what goes on without one: a run that its client leaves is counted
/// among the latter before its connection is gone.
async fn ended(connections: &TaskTracker, application: &Application) {
    connections.wait().await;
    application.detached.wait().await;
}

/// Waits until the last event of every run has been taken by who writes it.
async fn brought_out(application: &Application) {
    while application.has_unread() {
        tokio::time::sleep(ASKED_EVERY).await;
    }
    // What was taken is being written.
    tokio::time::sleep(ASKED_EVERY).await;
}

/// Ends what a server has begun when its future is dropped.
struct Abandoned {
    application: Arc<Application>,
    watches: Arc<Watches>,
}

impl Drop for Abandoned {
    fn drop(&mut self) {
        self.application.drain();
        self.application.interrupt_runs();
        self.application.stop_background();
        self.watches.tell(Order::Close);
    }
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server").field("addr", &self.addr).finish_non_exhaustive()
    }
}
