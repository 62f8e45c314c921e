//! What a URL may say, and that nothing of it is repeated.

use super::PostgresStore;
use super::options::Options;
use crate::session::store::StoreLimits;

fn refusal(url: &str) -> String {
    PostgresStore::open(url, StoreLimits::default()).unwrap_err().to_string()
}

#[test]
fn a_url_says_the_pool_the_schema_and_the_rest() {
    let url = "postgresql://me:pa%3Fss@db-1:6000,db-2:6001/sessions\
        ?pool_size=3&schema=other_one&application_name=mine&connect_timeout=9";
    let options = Options::parse(url).unwrap();
    assert_eq!((options.pool_size, options.schema.as_str()), (3, "other_one"));
    assert_eq!(options.server(), "db-1:6000,db-2:6001");
    assert_eq!(options.config.get_password(), Some(&b"pa?ss"[..]));
    assert_eq!(options.config.get_application_name(), Some("mine"));
    assert_eq!(options.config.get_connect_timeout().unwrap().as_secs(), 9);
    assert_eq!(
        options.config.get_target_session_attrs(),
        tokio_postgres::config::TargetSessionAttrs::ReadWrite
    );
    assert!(options.config.get_options().unwrap().contains("statement_timeout=3s"));
}

#[test]
fn defaults() {
    let options = Options::parse("postgres://me@localhost/sessions").unwrap();
    assert_eq!((options.pool_size, options.schema.as_str(), options.is_pooled), (16, "alphora", false));
    assert_eq!(options.config.get_application_name(), Some("alphora"));
    assert_eq!(options.server(), "localhost:5432");
}

#[test]
fn idle_connections_are_asked_soon_unless_the_url_says_otherwise() {
    let seconds = |parameters: &str| {
        let options = Options::parse(&format!("postgres://me@localhost/sessions?{parameters}")).unwrap();
        let config = options.config;
        let interval = config.get_keepalives_interval().unwrap();
        let retries = config.get_keepalives_retries().unwrap();
        (config.get_keepalives_idle().as_secs(), interval.as_secs(), retries)
    };
    assert_eq!(seconds(""), (10, 3, 3));
    assert_eq!(seconds("keepalives_idle=7200&keepalives_interval=60&keepalives_retries=9"), (7200, 60, 9));
}

#[test]
fn a_pgbouncer_is_sent_no_options() {
    let options = Options::parse("postgres://me@localhost/sessions?pgbouncer=true").unwrap();
    assert!(options.is_pooled);
    assert_eq!(options.config.get_options(), None);
}

#[test]
fn what_is_wrong_is_said_without_repeating_it() {
    for (url, expected) in [
        ("mysql://me:secret@host/db", "neither postgres:// nor"),
        ("secret", "neither postgres:// nor"),
        ("postgres://me:secret@host:port/db", "cannot be read"),
        ("postgres://me:top?secret@host/db", "a parameter that is not one of pool_size, schema"),
        ("postgres://me:secret@/db", "names no host"),
        ("postgres://me:secret@host/db?pool_size=0", "`pool_size`"),
        ("postgres://me:secret@host/db?pool_size=secret", "`pool_size`"),
        ("postgres://me:secret@host/db?schema=Secret", "`schema`"),
        ("postgres://me:secret@host/db?schema=pg_secret", "`schema`"),
        ("postgres://me:secret@host/db?schema=a\"b", "`schema`"),
        ("postgres://me:secret@host/db?pgbouncer=secret", "`pgbouncer`"),
        ("postgres://me:secret@host/db?sslmode=require", "TLS"),
        ("postgres://me:secret@host/db?sslmode=verify-full", "TLS"),
        ("postgres://me:secret@host/db?keepalives=secret", "cannot be read"),
    ] {
        let refusal = refusal(url);
        assert!(refusal.contains(expected), "{url}: {refusal}");
        assert!(!refusal.to_lowercase().contains("secret"), "{url}: {refusal}");
    }
}

#[test]
fn nobody_sees_credentials() {
    let url = "postgres://someone:password@host/db";
    let shown = format!("{:?}", PostgresStore::open(url, StoreLimits::default()).unwrap());
    assert!(shown.contains("host:5432"), "{shown}");
    assert!(!shown.contains("someone") && !shown.contains("password"), "{shown}");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_said_to_be_unavailable() {
    use crate::session::store::{SessionStore, StoreError};

    // Nobody listens on a port that was bound and given back.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = format!("postgres://someone:password@127.0.0.1:{port}/db");
    let store = PostgresStore::open(&url, StoreLimits::default()).unwrap();
    let Err(StoreError::Unavailable { reason, retry_after }) = store.check().await else { panic!() };
    assert!(reason.contains(&format!("127.0.0.1:{port}")) && reason.contains("refused"), "{reason}");
    assert!(!reason.contains("password") && !reason.contains("someone"), "{reason}");
    assert!(!retry_after.is_zero());
}
