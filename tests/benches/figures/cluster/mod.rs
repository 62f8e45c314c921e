//! Servers that keep their sessions somewhere, and what they keep them in, as processes that are there to be killed.

mod addresses;
mod postgres;
mod redis;
mod replica;
mod signal;
mod store_server;

use std::sync::Arc;
use std::time::Duration;

use alphora_tests::Folder;

use crate::Result;
pub(crate) use addresses::Addresses;
use replica::Replica;
pub(crate) use signal::Signal;
use store_server::StoreServer;

/// Where sessions are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// In the memory of the process: nothing outlives it. What a harness finds here shows that it sees losses.
    Memory,
    /// In a file of the one process.
    Embedded,
    /// In a Redis that writes each commit to the disk before it answers.
    Redis,
    /// In a Redis that writes to the disk once a second. It answers before it has written to its file where the disk
    /// is busy, so that a `kill -9` may cost the last commits.
    RedisEverySecond,
    Postgres,
}

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Memory => "in memory",
            Self::Embedded => "embedded",
            Self::Redis => "Redis, `always`",
            Self::RedisEverySecond => "Redis, `everysec`",
            Self::Postgres => "PostgreSQL",
        }
    }

    /// Whether this build's replicas can use it.
    pub(crate) fn is_built(self) -> bool {
        match self {
            Self::Memory | Self::Embedded => true,
            Self::Redis | Self::RedisEverySecond => cfg!(feature = "redis"),
            Self::Postgres => cfg!(feature = "postgres"),
        }
    }
}

/// Replicas and what they share. All of it ends when this is dropped.
pub(crate) struct Cluster {
    replicas: Vec<Option<Replica>>,
    /// How each replica is configured: alphora's options and their values.
    options: Vec<(&'static str, String)>,
    /// Where the replicas are now.
    pub(crate) addresses: Arc<Addresses>,
    store: Option<StoreServer>,
    /// After the processes, so that it is removed when they are gone.
    folder: Folder,
}

impl Cluster {
    /// Starts `replicas` servers with leases of such a length, and before them what they share; without replicas, only
    /// that.
    ///
    /// # Errors
    /// One of the programs is not installed, or does not start.
    pub(crate) async fn start(kind: Kind, replicas: usize, lease: Duration) -> Result<Self> {
        let folder = Folder::create(kind.name())?;
        let mut options = vec![("session_lease", format!("{}ms", lease.as_millis()))];
        let store = match kind {
            Kind::Memory => None,
            Kind::Embedded => {
                options.push(("data_dir", folder.path().join("sessions").display().to_string()));
                None
            }
            Kind::Redis => Some(StoreServer::Redis(redis::Redis::start(folder.path(), "always").await?)),
            Kind::RedisEverySecond => {
                Some(StoreServer::Redis(redis::Redis::start(folder.path(), "everysec").await?))
            }
            Kind::Postgres => Some(StoreServer::Postgres(postgres::Postgres::start(folder.path()).await?)),
        };
        options.extend(store.as_ref().map(|store| ("session_store", store.url())));
        if kind == Kind::Memory {
            options.clear();
        }
        let addresses = Arc::new(Addresses::new(replicas));
        let mut cluster = Self { replicas: Vec::new(), options, addresses, store, folder };
        for index in 0..replicas {
            cluster.replicas.push(None);
            cluster.start_replica(index).await?;
        }
        Ok(cluster)
    }

    /// Starts one server with its sessions in its own memory, with these options, and with files that options name.
    ///
    /// # Errors
    /// It does not start.
    pub(crate) async fn of_one(
        options: &[(&'static str, String)],
        files: &[(&'static str, &str)],
    ) -> Result<Self> {
        let folder = Folder::create("one")?;
        let mut options = options.to_vec();
        for (option, text) in files {
            let file = folder.path().join(option);
            std::fs::write(&file, text)?;
            options.push((*option, file.display().to_string()));
        }
        let addresses = Arc::new(Addresses::new(1));
        let mut cluster = Self { replicas: vec![None], options, addresses, store: None, folder };
        cluster.start_replica(0).await?;
        Ok(cluster)
    }

    /// The process of the first server, and where it listens.
    pub(crate) fn process(&self) -> Result<(u32, std::net::SocketAddr)> {
        let replica = self.replicas.first().and_then(Option::as_ref).ok_or("there is no replica")?;
        Ok((replica.id(), replica.address))
    }

    /// What an option of the replicas is set to, as `session_store`.
    pub(crate) fn option(&self, name: &str) -> Option<&str> {
        self.options.iter().find(|(option, _)| *option == name).map(|(_, value)| value.as_str())
    }

    /// Starts a replica that is not there; gives how long it took until it listened.
    pub(crate) async fn start_replica(&mut self, index: usize) -> Result<Duration> {
        let log = self.folder.path().join(format!("replica-{index}.log"));
        let replica = Replica::start(&self.options, &log).await?;
        let (address, took) = (replica.address, replica.took);
        self.replicas[index] = Some(replica);
        self.addresses.set(index, Some(address));
        Ok(took)
    }

    /// Ends a replica as `kill -9` does.
    pub(crate) fn kill_replica(&mut self, index: usize) -> Result {
        self.addresses.set(index, None);
        // Dropping it kills it and waits until it is gone.
        drop(self.replicas[index].take().ok_or("this replica is not there")?);
        Ok(())
    }

    /// Sends a signal to a replica.
    pub(crate) fn signal_replica(&self, index: usize, signal: Signal) -> Result {
        let replica = self.replicas[index].as_ref().ok_or("this replica is not there")?;
        signal.send(replica.id())
    }

    /// Ends what the replicas share as `kill -9` does.
    pub(crate) fn kill_store(&mut self) -> Result {
        self.store.as_mut().ok_or("there is no server of a store")?.kill()
    }

    /// Starts again what the replicas share; gives how long it took until it answered.
    pub(crate) async fn start_store(&mut self) -> Result<Duration> {
        self.store.as_mut().ok_or("there is no server of a store")?.start_again().await
    }
}
