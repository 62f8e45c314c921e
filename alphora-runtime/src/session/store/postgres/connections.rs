//! The connections of one process, and one call of a function over one of them.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::time::Duration;

use deadpool_postgres::{Hook, HookError, Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime};
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep, timeout, timeout_at};
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{NoTls, Row};

use super::failure::{Failure, Remedy};
use super::function::Function;
use super::migration::{self, Found, MigrationError};
use super::options::{CONNECT_TIMEOUT, Options};
use super::silence::Silence;
use crate::error::{Error, ErrorKind};
use crate::session::store::StoreError;
use crate::session::store::latency::Latencies;

/// How long a call waits for one of the connections, all of which are in use.
const WAIT: Duration = Duration::from_secs(2);

/// How long a call takes at most, all attempts together, once the schema is up to date.
const LONGEST: Duration = Duration::from_secs(5);

/// How long the migrations may take.
const MIGRATING: Duration = Duration::from_secs(30);

/// How often a call is tried.
const ATTEMPTS: u32 = 4;

/// The pause after the first attempt; after each more it is longer by the same.
const PAUSE: Duration = Duration::from_millis(10);

/// What a call has given.
pub(super) struct Answer {
    pub(super) rows: Vec<Row>,
    /// Whether the same was called before, and the connection was lost without an answer. Then it may have been done
    /// already, and this is the answer to the repetition.
    pub(super) is_repeated: bool,
}

impl Answer {
    /// The row of a function that gives exactly one.
    pub(super) fn row(self) -> Result<Row, StoreError> {
        let row = self.rows.into_iter().next();
        row.ok_or_else(|| StoreError::Corrupt { reason: "the answer has no row".into() })
    }
}

/// The parameters of a call.
pub(super) type Parameters<'a> = &'a [&'a (dyn ToSql + Sync)];

/// The connections to one schema of one database.
pub(super) struct Connections {
    pool: Pool,
    /// Where the server is, without credentials.
    server: String,
    /// The schema's name in quotes.
    schema: String,
    has_prepared_statements: bool,
    silence: Silence,
    /// Whether the schema was found complete, and nothing has been missing in it since.
    is_migrated: AtomicBool,
    /// The number of the newer schema that the log has told of last.
    newer: AtomicI32,
    /// Whether the log says already that the policies do not hold.
    has_warned: AtomicBool,
    /// Held by whoever looks at the schema, so that a process does it once.
    migrating: Mutex<()>,
    pub(super) latencies: Latencies,
}

impl fmt::Debug for Connections {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connections")
            .field("server", &self.server)
            .field("schema", &self.schema)
            .field("pool", &self.pool.status())
            .finish_non_exhaustive()
    }
}

impl Connections {
    /// Connects when it is first needed.
    pub(super) fn new(options: Options) -> Result<Self, Error> {
        let server = options.server();
        let config = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let silence = Silence::default();
        let heard = silence.clone();
        let pool = Pool::builder(Manager::from_config(options.config, NoTls, config))
            .max_size(options.pool_size)
            .wait_timeout(Some(WAIT))
            .create_timeout(Some(CONNECT_TIMEOUT))
            .pre_recycle(Hook::sync_fn(move |_, connection| {
                if heard.follows(connection.created.into()) {
                    return Err(HookError::message("the server has fallen silent since it was made"));
                }
                Ok(())
            }))
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(|error| Error::new(ErrorKind::Other, error.to_string()))?;
        Ok(Self {
            pool,
            server,
            schema: format!("\"{}\"", options.schema),
            has_prepared_statements: !options.is_pooled,
            silence,
            is_migrated: AtomicBool::new(false),
            newer: AtomicI32::new(0),
            has_warned: AtomicBool::new(false),
            migrating: Mutex::new(()),
            latencies: Latencies::default(),
        })
    }

    /// Calls a function and waits for its rows.
    pub(super) async fn call(
        &self,
        function: &Function,
        parameters: Parameters<'_>,
    ) -> Result<Vec<Row>, StoreError> {
        Ok(self.call_once_or_more(function, parameters).await?.rows)
    }

    /// Calls a function that gives exactly one row.
    pub(super) async fn call_for_one(
        &self,
        function: &Function,
        parameters: Parameters<'_>,
    ) -> Result<Row, StoreError> {
        self.call_once_or_more(function, parameters).await?.row()
    }

    /// [`call`](Self::call), for whom it matters that the function may have been called before.
    pub(super) async fn call_once_or_more(
        &self,
        function: &Function,
        parameters: Parameters<'_>,
    ) -> Result<Answer, StoreError> {
        self.try_call(function, parameters).await.map_err(|failure| failure.error)
    }

    /// [`call`](Self::call), for whom it matters what may help.
    pub(super) async fn try_call(
        &self,
        function: &Function,
        parameters: Parameters<'_>,
    ) -> Result<Answer, Failure> {
        self.latencies.measure(function.operation, self.call_unmeasured(function, parameters)).await
    }

    async fn call_unmeasured(
        &self,
        function: &Function,
        parameters: Parameters<'_>,
    ) -> Result<Answer, Failure> {
        let statement = function.statement(&self.schema);
        self.migrate().await?;
        // From here: a migration has a time of its own, and leaves all of this one.
        let mut deadline = Instant::now() + LONGEST;
        let mut attempt = 1;
        let mut is_repeated = false;
        loop {
            let attempted = self.attempt(&statement, function.parameters, parameters, deadline).await;
            let failure = match attempted {
                Ok(rows) => return Ok(Answer { rows, is_repeated }),
                Err(failure) => failure,
            };
            let helps = match failure.remedy {
                Remedy::Wait | Remedy::AskForLess => false,
                Remedy::Repeat | Remedy::Migrate => true,
                Remedy::RepeatIfHarmless => {
                    is_repeated |= failure.may_be_done;
                    function.is_repeatable
                }
            };
            if !helps || attempt == ATTEMPTS || Instant::now() >= deadline {
                return Err(failure);
            }
            if matches!(failure.remedy, Remedy::Migrate) {
                self.is_migrated.store(false, Ordering::Release);
                self.migrate().await?;
                deadline = Instant::now() + LONGEST;
            }
            sleep(PAUSE * attempt).await;
            attempt += 1;
        }
    }

    async fn attempt(
        &self,
        statement: &str,
        types: &[Type],
        parameters: Parameters<'_>,
        deadline: Instant,
    ) -> Result<Vec<Row>, Failure> {
        let connection = self.connection(deadline).await?;
        let asking = async {
            if self.has_prepared_statements {
                let prepared = connection.prepare_typed_cached(statement, types).await?;
                connection.query(&prepared, parameters).await
            } else {
                // Parsed, bound and run in one round trip, and nothing of it stays with the connection.
                let values: Vec<_> =
                    parameters.iter().zip(types).map(|(value, type_)| (*value, type_.clone())).collect();
                connection.query_typed(statement, &values).await
            }
        };
        let asked = Instant::now();
        let mut failure = match timeout_at(deadline, asking).await {
            Ok(Ok(rows)) => return Ok(rows),
            Ok(Err(error)) => Failure::of_database(&self.server, &error),
            Err(_) => {
                self.silence.notice(asked);
                Failure::late(&self.server)
            }
        };
        // It was sent. Whether it was done, a connection that is lost cannot say.
        failure.may_be_done = !matches!(failure.remedy, Remedy::Repeat | Remedy::Migrate);
        if failure.is_lost {
            // Nobody else shall wait on it.
            drop(Object::take(connection));
        }
        Err(failure)
    }

    /// A connection, from the pool or a new one.
    async fn connection(&self, deadline: Instant) -> Result<Object, Failure> {
        match timeout_at(deadline, self.pool.get()).await {
            Ok(Ok(connection)) => Ok(connection),
            Ok(Err(error)) => Err(Failure::of_pool(&self.server, error)),
            Err(_) => Err(Failure::late(&self.server)),
        }
    }

    /// Brings the schema up to date, once for each process.
    async fn migrate(&self) -> Result<(), StoreError> {
        if self.is_migrated.load(Ordering::Acquire) { Ok(()) } else { self.look_at_schema(false).await }
    }

    /// Looks at the schema again, and brings it up to date. Who only uses it meanwhile need not wait.
    pub(super) async fn check_schema(&self) -> Result<(), StoreError> {
        self.look_at_schema(true).await
    }

    async fn look_at_schema(&self, again: bool) -> Result<(), StoreError> {
        let late = |_| Failure::late(&self.server).error;
        let _migrating = timeout(LONGEST, self.migrating.lock()).await.map_err(late)?;
        let has_served = self.is_migrated.load(Ordering::Acquire);
        if !again && has_served {
            return Ok(());
        }
        let deadline = Instant::now() + LONGEST;
        let mut connection = self.connection(deadline).await.map_err(|failure| failure.error)?;
        let asked = Instant::now();
        let migrated = match timeout_at(deadline, migration::look(&connection, &self.schema)).await {
            Ok(Ok(found)) => {
                let running = migration::run(&mut connection, &self.schema, found, has_served);
                timeout(MIGRATING, running).await
            }
            Err(elapsed) => {
                self.silence.notice(asked);
                Err(elapsed)
            }
            failed => failed,
        };
        let error = match migrated {
            Ok(Ok(found)) => {
                self.warn_of(&found);
                self.is_migrated.store(true, Ordering::Release);
                return Ok(());
            }
            Ok(Err(MigrationError::Database(error))) => Failure::of_database(&self.server, &error).error,
            Ok(Err(MigrationError::Refused(reason))) => {
                self.is_migrated.store(false, Ordering::Release);
                StoreError::unavailable(format!("{}: {reason}", self.server))
            }
            Err(elapsed) => late(elapsed),
        };
        // What it was doing is undone when the connection ends.
        drop(Object::take(connection));
        Err(error)
    }

    /// Tells once what whoever runs the server should know of the schema.
    fn warn_of(&self, found: &Found) {
        if found.bypasses_policies && !self.has_warned.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                server = %self.server,
                "row-level security does not hold for the role of the session store; give it a role of its own that \
                 is no superuser"
            );
        }
        if found.is_newer() && self.newer.swap(found.number, Ordering::Relaxed) != found.number {
            tracing::warn!(
                server = %self.server,
                number = found.number,
                "a later program has brought the schema of the session store further than this one knows; this one \
                 goes on, and will be refused when it is started again"
            );
        }
    }

    /// Ends all connections.
    pub(super) fn close(&self) {
        self.pool.close();
    }
}
