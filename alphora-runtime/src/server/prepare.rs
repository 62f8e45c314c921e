//! What a server is made of, with everything that is wrong about it.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::{TcpListener, ToSocketAddrs};

use super::application::{Application, Candidate};
use super::authentication::{self, Authenticate};
use super::listen::Server;
use super::reread::RereadFiles;
use super::tls::Tls;
use super::{banner, clashes, exposure, stores};
use crate::config::{Environment, Mistakes, ServerConfig, apply_arguments, apply_layers, is_check};
use crate::error::{Error, ErrorKind, Result};
use crate::session::store::SessionStore;

/// What was published, before it is checked.
pub(super) struct Publication {
    pub(super) agents: Vec<Candidate>,
    pub(super) server: ServerConfig,
    pub(super) store: Option<Arc<dyn SessionStore>>,
    pub(super) authentication: Option<Arc<dyn Authenticate>>,
    /// What is read again while the server runs.
    pub(super) files: RereadFiles,
    pub(super) environment: Environment,
    pub(super) banner: bool,
}

/// What a server is made of. As long as there are mistakes, none is made of it.
pub(super) struct Prepared {
    publication: Publication,
    mistakes: Mistakes,
}

/// An address that can be listened on, or why not.
enum Listening {
    On(TcpListener),
    /// Somebody listens there at the moment.
    InUse(Error),
    Nowhere,
}

impl Publication {
    /// Resolves the options, and reads and opens the files that they name. A store behind a network is not asked yet.
    pub(super) fn prepare(mut self, opens_files: bool) -> Prepared {
        let mut mistakes = Mistakes::default();
        let mut layered: Vec<_> =
            self.agents.iter_mut().map(|agent| (agent.description, &mut agent.settings)).collect();
        apply_layers(&self.environment, &mut self.server, &mut layered, &mut mistakes);
        self.server.check(&mut mistakes);
        clashes::check(&self.agents, &self.server, &mut mistakes);
        let concern =
            |mistakes: &Mistakes, options: &[&str]| options.iter().any(|option| mistakes.concern(option));
        if self.store.is_none() && !concern(&mistakes, &["data_dir", "session_store"]) {
            let opened = if opens_files { stores::open(&self.server) } else { stores::look(&self.server) };
            self.store = mistakes.note(opened).flatten();
        }
        if !concern(&mistakes, &["api_keys_file", "jwt_keys_file", "jwt_issuer", "jwt_audience"]) {
            let own = self.authentication.take();
            self.authentication = authentication::configured(&self.server, own, &self.files, &mut mistakes);
        }
        Prepared { publication: self, mistakes }
    }

    /// Prepares, binds and, unless it is only to be checked, serves.
    pub(super) async fn serve(self) -> Result {
        let is_check = is_check(&self.environment);
        let mut prepared = self.prepare(!is_check);
        let Prepared { publication, mistakes } = &mut prepared;
        let addr = apply_arguments(&publication.environment, publication.server.addr, mistakes);
        publication.server.addr = addr;
        prepared.check_exposure(addr);
        prepared.check_store().await;
        let listening = prepared.listen(&addr.to_string(), addr).await;
        if is_check {
            return prepared.tell(&listening);
        }
        prepared.into_server(listening)?.run().await
    }

    /// Prepares and binds to `addr`, which is called `wanted`.
    pub(super) async fn bind(self, wanted: &str, addr: impl ToSocketAddrs) -> Result<Server> {
        let mut prepared = self.prepare(true);
        prepared.check_store().await;
        let listening = prepared.listen(wanted, addr).await;
        if let Listening::On(listener) = &listening
            && let Some(addr) = prepared.mistakes.note(listener.local_addr())
        {
            prepared.check_exposure(addr);
        }
        prepared.into_server(listening)
    }
}

impl Prepared {
    /// What the routes share.
    ///
    /// # Errors
    /// The mistakes.
    pub(super) fn into_application(self) -> Result<Arc<Application>> {
        self.mistakes.finish()?;
        let Publication { agents, server, store, authentication, files, .. } = self.publication;
        Application::build(agents, server, store, authentication, files)
    }

    fn into_server(mut self, listening: Listening) -> Result<Server> {
        let tls = self.mistakes.note(Tls::open(&self.publication.server, &self.publication.files)).flatten();
        let listener = match listening {
            Listening::On(listener) => Some(listener),
            Listening::InUse(error) => self.mistakes.note(Err(error)),
            Listening::Nowhere => None,
        };
        let banner = self.publication.banner;
        let application = self.into_application()?;
        let listener = listener.ok_or_else(|| Error::new(ErrorKind::Io, "there is nothing to listen on"))?;
        Server::new(application, listener, tls, banner)
    }

    fn check_exposure(&mut self, addr: SocketAddr) {
        let Publication { server, authentication, .. } = &self.publication;
        exposure::check(server, addr, authentication.is_some(), &mut self.mistakes);
    }

    async fn check_store(&mut self) {
        if let Some(store) = &self.publication.store {
            self.mistakes.note(stores::check(&**store).await);
        }
    }

    async fn listen(&mut self, wanted: &str, addr: impl ToSocketAddrs) -> Listening {
        if ["addr", "host", "port"].iter().any(|option| self.mistakes.concern(option)) {
            return Listening::Nowhere;
        }
        match TcpListener::bind(addr).await {
            Ok(listener) => Listening::On(listener),
            Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
                let hint = "something else listens there; choose another port with `--port` or ALPHORA_ADDR";
                Listening::InUse(Error::new(
                    ErrorKind::Io,
                    format!("cannot listen on {wanted}: {error}: {hint}"),
                ))
            }
            Err(error) => {
                self.mistakes.add(Error::new(ErrorKind::Io, format!("cannot listen on {wanted}: {error}")));
                Listening::Nowhere
            }
        }
    }

    /// Tells what would be served, or everything that is wrong.
    fn tell(mut self, listening: &Listening) -> Result {
        let Publication { server, environment, files, banner, .. } = &self.publication;
        let _ = self.mistakes.note(Tls::open(server, files));
        let (file, banner) = (environment.file().map(|(file, _)| file.clone()), *banner);
        let application = self.into_application()?;
        // The server that this one is to replace may still listen there.
        let is_in_use = matches!(listening, Listening::InUse(_));
        if banner {
            banner::print_checked(&application, file.filter(|file| file.exists()).as_deref(), is_in_use);
        }
        Ok(())
    }
}
