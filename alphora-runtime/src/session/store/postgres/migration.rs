//! Brings a schema up to date, or refuses it.
//!
//! Servers of two releases share a schema while one follows the other, and the later one brings it up to date beneath
//! the earlier one, which goes on. So a migration leaves everything that the release before it calls: it expands, by
//! functions, tables and columns that the release before does not know of, or by functions that give the same answers
//! to the same questions. It contracts in the release after, by removing what nothing has called since. A program that
//! begins is refused by a schema with a number that it does not know: how many releases have passed, it cannot tell.

use deadpool_postgres::Object;
use tokio_postgres::Error;
use tokio_postgres::types::Type;

/// The migrations; each one's number is its place, from 1. One that was released never changes.
const MIGRATIONS: [&str; 6] = [
    include_str!("migrations/0001_tables.sql"),
    include_str!("migrations/0002_turns.sql"),
    include_str!("migrations/0003_listing.sql"),
    include_str!("migrations/0004_runs.sql"),
    include_str!("migrations/0005_claims.sql"),
    include_str!("migrations/0006_limits.sql"),
];

/// The oldest server that knows everything that the migrations use.
const OLDEST_SERVER: i32 = 130_000;

/// Why a schema was not brought up to date.
#[derive(Debug)]
pub(super) enum MigrationError {
    /// The database has refused, or cannot be reached.
    Database(Error),
    /// The schema or the server is none that can be used, and was not touched.
    Refused(String),
}

impl From<Error> for MigrationError {
    fn from(error: Error) -> Self {
        Self::Database(error)
    }
}

/// Makes the schema in which this was found what this program expects, and says what it has then. `has_served` says
/// whether this program has used the schema already, and goes on with a newer one. `schema` is quoted.
pub(super) async fn run(
    connection: &mut Object,
    schema: &str,
    mut found: Found,
    has_served: bool,
) -> Result<Found, MigrationError> {
    if is_complete(found.number, schema, has_served)? {
        return Ok(found);
    }
    let transaction = connection.transaction().await?;
    // Whoever comes second waits here, and finds nothing left to do.
    transaction
        .batch_execute(&format!(
            "set local lock_timeout = '25s'; set local statement_timeout = '30s'; \
             select pg_advisory_xact_lock(hashtext('alphora migration'), hashtext('{schema}')); \
             do $$ begin if to_regnamespace('{schema}') is null then create schema {schema}; end if; end $$; \
             create table if not exists {schema}.migration \
             (number integer primary key, applied timestamptz not null default now());"
        ))
        .await?;
    let rows = transaction.query_typed(&latest(schema), &[]).await?;
    found.number = rows.first().map(|row| row.try_get(0)).transpose()?.unwrap_or(0);
    if is_complete(found.number, schema, has_served)? {
        return Ok(found);
    }
    for (migration, applied) in MIGRATIONS.iter().zip(1..).filter(|(_, applied)| *applied > found.number) {
        transaction.batch_execute(&migration.replace("@schema@", schema)).await?;
        let insert = format!("insert into {schema}.migration (number) values ({applied})");
        transaction.batch_execute(&insert).await?;
    }
    transaction.commit().await?;
    found.number = latest_known();
    Ok(found)
}

/// What a connection finds.
pub(super) struct Found {
    /// The number of the last migration that was applied; 0 for a schema that is not there.
    pub(super) number: i32,
    /// Whether row-level security does not hold for its role.
    pub(super) bypasses_policies: bool,
}

impl Found {
    /// Whether a later program has brought the schema further than this one knows.
    pub(super) fn is_newer(&self) -> bool {
        self.number > latest_known()
    }
}

/// What there is, before anything is done about it. `schema` is quoted.
pub(super) async fn look(connection: &Object, schema: &str) -> Result<Found, MigrationError> {
    let table = format!("{schema}.migration");
    let rows = connection
        .query_typed(
            "select current_setting('server_version_num')::integer, current_setting('server_encoding'), \
             (select r.rolsuper or r.rolbypassrls from pg_roles as r where r.rolname = current_user), \
             to_regclass($1) is not null",
            &[(&table, Type::TEXT)],
        )
        .await?;
    let Some(row) = rows.first() else { return Ok(Found { number: 0, bypasses_policies: false }) };
    let version: i32 = row.try_get(0)?;
    if version < OLDEST_SERVER {
        return Err(MigrationError::Refused(format!(
            "the server is PostgreSQL {}, and this store needs {} or later",
            version / 10_000,
            OLDEST_SERVER / 10_000
        )));
    }
    let encoding: String = row.try_get(1)?;
    if encoding != "UTF8" {
        return Err(MigrationError::Refused(format!(
            "the database's encoding is {encoding}; create one with `encoding 'UTF8'`"
        )));
    }
    let bypasses_policies = row.try_get::<_, Option<bool>>(2)?.unwrap_or(false);
    if !row.try_get::<_, bool>(3)? {
        return Ok(Found { number: 0, bypasses_policies });
    }
    let rows = connection.query_typed(&latest(schema), &[]).await?;
    let number = rows.first().map(|row| row.try_get(0)).transpose()?.unwrap_or(0);
    Ok(Found { number, bypasses_policies })
}

fn latest(schema: &str) -> String {
    format!("select coalesce(max(number), 0) from {schema}.migration")
}

/// The number of the last migration that this program knows.
fn latest_known() -> i32 {
    i32::try_from(MIGRATIONS.len()).unwrap_or(i32::MAX)
}

/// Whether nothing is to be done.
fn is_complete(number: i32, schema: &str, has_served: bool) -> Result<bool, MigrationError> {
    let expected = latest_known();
    if number > expected && !has_served {
        return Err(MigrationError::Refused(format!(
            "the schema {schema} has the number {number}, and this program knows those up to {expected}: \
             run the program that has made it, or a later one"
        )));
    }
    Ok(number >= expected)
}
