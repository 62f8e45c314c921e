//! The stores, each with whatever it needs beside this process.

use std::sync::Arc;
use std::time::Duration;

use alphora::session::store::{EmbeddedStore, InMemoryStore, SessionStore, StoreLimits};

use crate::Result;
use crate::cluster::{Cluster, Kind};

/// All kinds, the one first that the others are compared with.
pub(crate) const KINDS: [Kind; 5] =
    [Kind::Memory, Kind::Embedded, Kind::Redis, Kind::RedisEverySecond, Kind::Postgres];

/// A store that is open, and its server, which ends after it.
pub(crate) struct Open {
    pub(crate) kind: Kind,
    pub(crate) store: Arc<dyn SessionStore>,
    pub(crate) cluster: Cluster,
}

/// Opens a store with nothing in it.
pub(crate) async fn open(kind: Kind) -> Result<Open> {
    let cluster = Cluster::start(kind, 0, Duration::from_secs(15)).await?;
    let limits = StoreLimits::default();
    let place = cluster.option("data_dir").or(cluster.option("session_store")).unwrap_or_default();
    let store: Arc<dyn SessionStore> = match kind {
        Kind::Memory => Arc::new(InMemoryStore::new(limits)),
        Kind::Embedded => Arc::new(EmbeddedStore::open(place, limits)?),
        #[cfg(feature = "redis")]
        Kind::Redis | Kind::RedisEverySecond => {
            Arc::new(alphora::session::store::RedisStore::open(place, limits)?)
        }
        #[cfg(feature = "postgres")]
        Kind::Postgres => Arc::new(alphora::session::store::PostgresStore::open(place, limits)?),
        #[cfg(not(all(feature = "redis", feature = "postgres")))]
        _ => return Err(format!("{} is not built: `--features redis,postgres`", kind.name()).into()),
    };
    store.check().await?;
    Ok(Open { kind, store, cluster })
}

/// Opens all that this build has.
pub(crate) async fn open_all() -> Result<Vec<Open>> {
    let mut stores = Vec::new();
    for kind in KINDS.into_iter().filter(|kind| kind.is_built()) {
        stores.push(open(kind).await?);
    }
    Ok(stores)
}
