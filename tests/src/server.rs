//! A real server at port 0, which stops when its test does.

use std::net::SocketAddr;

use alphora::axum::Router;
use alphora::{Environment, Publisher};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::suite_log;

/// A server that runs as long as this value lives.
pub struct TestServer {
    /// Where it listens.
    pub addr: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    running: JoinHandle<()>,
}

impl TestServer {
    /// Starts what is published, with nothing of the process's environment.
    pub async fn start<A>(publisher: Publisher<A>) -> Self {
        Self::start_with(publisher.environment(Environment::empty())).await
    }

    /// Starts what is published as it is.
    pub async fn start_with<A>(publisher: Publisher<A>) -> Self {
        Self::start_at(publisher, "127.0.0.1:0").await
    }

    /// Starts what is published as it is, on an address of one's choice; it is asked on loopback all the same.
    pub async fn start_at<A>(publisher: Publisher<A>, addr: &str) -> Self {
        suite_log::begin();
        let server = publisher.without_banner().bind(addr).await.unwrap();
        let addr = SocketAddr::from(([127, 0, 0, 1], server.local_addr().port()));
        let (stop, stopped) = oneshot::channel();
        #[expect(clippy::disallowed_methods, reason = "the handle is kept, and awaited or aborted")]
        let running = tokio::spawn(server.run_until(async {
            let _ = stopped.await;
        }));
        Self { addr, stop: Some(stop), running }
    }

    /// Tells the server to stop, as a signal does.
    pub fn tell_to_stop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
    }

    /// Waits until the server has stopped.
    pub async fn stopped(mut self) {
        self.tell_to_stop();
        (&mut self.running).await.unwrap();
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        self.tell_to_stop();
        self.running.abort();
    }
}

/// Serves a router as an application does that has a listener of its own, until the test's runtime is over.
pub async fn serve_router(router: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    #[expect(clippy::disallowed_methods, reason = "it ends with the test's runtime")]
    tokio::spawn(async move { alphora::axum::serve(listener, router).await });
    addr
}
